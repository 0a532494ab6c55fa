"""What must never earn or lose points, and how it is recognised in the words of a rule (points.md; domain.md 4).

A list of words finds the plain cases and errs towards refusing; the review group reads what it lets through.
Tried on 435 rules that a Chinese city once published (data/points-rules-weihai) and on the sample tariff, none of
whose lines it may refuse.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.kit.words import Words


@dataclass(frozen=True)
class Topic:
    """One subject with the words that give it away, in Chinese and in English."""

    key: str
    name: Words
    zh: re.Pattern[str]
    en: re.Pattern[str]


def _topic(key: str, zh_name: str, en_name: str, zh: str, en: str) -> Topic:
    return Topic(key, Words(zh=zh_name, en=en_name), re.compile(zh), re.compile(en))


TOPICS = (
    _topic(
        "marriage", "婚姻状况", "marriage",
        r"婚|彩礼|单身|离异|红白喜事|红白事|喜宴",
        r"\b(un|re)?marri|divorc|\bwedding|\bbride|dowry|\bbetroth",
    ),
    _topic(
        "births", "生育", "births",
        r"生育|超生|[一二两三多]孩|二胎|三胎|独生子女|怀孕|社会抚养费|避孕|结扎",
        r"\bbirths?\b|childbirth|pregnan|family planning|contracepti|number of children|(another|second|third) child",
    ),
    _topic(
        "belief", "宗教信仰", "belief",
        r"宗教|信教|信佛|信仰|邪教|迷信|礼拜|教堂|基督|天主|清真|寺庙|烧香|祭祀",
        r"religio|\bbeliefs?\b|\bchurch|\bmosque|\btemple|\bworship|\bpray|superstiti|baptis",
    ),
    _topic(
        "petitions", "信访、投诉", "petitions and complaints",
        r"信访|上访|缠访|缠诉|闹访|(越级|进京|到省|集体)走访|投诉|12345",
        r"\bpetition|\bcomplain|\bhotline",
    ),
    _topic(
        "debts", "债务", "debts",
        r"债|借贷|贷款|还贷|放贷|信贷|信用卡|透支|赊购|担保|欠款|欠费|欠税|拖欠|催收|失信被执行",
        r"\bdebt|\barrears|credit card|bank loan|\bloan repay|\brepay|\brepaid|mortgage|unpaid|owes? money",
    ),
    _topic(
        "illness", "疾病、残疾", "illness or disability",
        r"疾病|患病|患有|残疾|传染病|慢性病|精神病|精神障碍|艾滋",
        r"\bill(ness|nesses)?\b|\bdisease|disab|\binfected|\bhiv\b|mental(ly)? (health|ill)|handicap",
    ),
    _topic(
        "opinion", "个人观点", "private opinions",
        r"言论|观点|说三道四|不良信息|政治立场|发帖|跟帖|游行|示威|集会",
        r"\bopinions?\b|\bpolitical|\bprotest|online posts?|posted online|criticis|\bspoke out",
    ),
    _topic(
        "vote", "怎么投的票", "how somebody voted",
        r"赞成票|反对票|弃权票|投给|投赞成|投反对|怎么投|如何投票|(?<!不看)选项|(表决|投票|选举).{0,8}(赞成|支持|反对|同意)",
        r"\bvot(e|es|ed|ing) (for|against|yes|no|in favou?r)|\bhow \w+ vot|which option|chosen option",
    ),
    _topic(
        "benefits", "补贴、入学、公共服务资格", "access to subsidies, schools or public services",
        r"低保|补贴|补助|津贴|入学|升学|入园|择校|救助金|公租房|保障房|廉租|医保|社保|社会保险|公共服务(?!设施)|落户|优先(办理|享受)",
        r"subsid|\bwelfare|\ballowance|school (place|admission|enrol)|social insurance|public (housing|service)|eligib",
    ),
)  # fmt: skip


def banned_topic(*texts: Words) -> Topic | None:
    """The first forbidden subject that these words of a rule touch; None when there is none."""
    for text in texts:
        plain = _plain(f"{text.zh} {text.en} {text.other}")
        squeezed = plain.replace(" ", "")
        for topic in TOPICS:
            if topic.zh.search(squeezed) or topic.en.search(plain):
                return topic
    return None


def _plain(text: str) -> str:
    """One form of each letter, in lower case: full-width signs and odd spacing hide nothing."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())
