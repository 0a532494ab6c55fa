"""Which rules may not earn or lose points, and whether the check says so as a person would.

`weihai_verdicts.csv` holds what a person thought of each of the 435 rules that a Chinese city once published
(data/points-rules-weihai): its row in their order, whether a village's tariff may hold such a rule as far as the
forbidden subjects go, the subject where it may not, and why, in words of our own. "Allowed" is no praise: a rule may be
vague or harsh and yet touch none of the subjects.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import ROOT
from app.kit.words import Words
from app.merits.banned import TOPICS, banned_topic, findings

RULES = ROOT.parent / "shared" / "data" / "points-rules-weihai"
VERDICTS = Path(__file__).with_name("weihai_verdicts.csv")
SAMPLE = ROOT / "app" / "sample" / "street" / "tariff.yaml"
# Rows that no list of words can tell apart as a person does, each with the reason.
NOT_BY_WORDS: dict[int, str] = {}


def verdicts() -> list[dict[str, str]]:
    with VERDICTS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def published_rules() -> list[dict[str, str]]:
    if not RULES.is_dir():
        pytest.skip(f"REAL DATA IS ABSENT: {RULES} was not found, so the check was not tried on real rules")
    with (RULES / "rules.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def subject_of(*texts: Words) -> str:
    topic = banned_topic(*texts)
    return topic.key if topic else ""


def test_every_row_has_one_verdict_with_its_reason() -> None:
    rows = verdicts()

    assert [row["row"] for row in rows] == [str(number) for number in range(1, 436)]
    assert all(row["verdict"] == ("refused" if row["subject"] else "allowed") for row in rows)
    assert {row["subject"] for row in rows} <= {topic.key for topic in TOPICS} | {""}
    assert all(8 <= len(row["reason"].strip()) <= 80 for row in rows)
    assert len({row["reason"] for row in rows}) == len(rows)


def test_the_verdicts_are_counted_by_subject() -> None:
    counted = Counter(row["subject"] or "allowed" for row in verdicts())

    assert counted == {
        "allowed": 369, "debts": 24, "petitions": 24, "opinion": 9, "belief": 6, "births": 2, "marriage": 1,
    }  # fmt: skip


def test_the_check_decides_as_the_person_did() -> None:
    rules, told = published_rules(), verdicts()
    assert len(rules) == len(told) == json.loads((RULES / "oracle.json").read_text())["rows"]

    otherwise = {
        int(row["row"]): (row["subject"], subject)
        for row, rule in zip(told, rules, strict=True)
        if (subject := subject_of(Words(zh=f"{rule['分项']}：{rule['评价标准']}"))) != row["subject"]
    }

    assert set(otherwise) == set(NOT_BY_WORDS), otherwise


def sample() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    return document


def sample_lines() -> list[dict[str, Any]]:
    return list(sample()["lines"])


def test_the_sample_tariff_names_the_same_subjects() -> None:
    document = sample()

    assert len(document["lines"]) == 45
    assert [(one["key"], Words.of(one["name"])) for one in document["refused_topics"]] == [
        (topic.key, topic.name) for topic in TOPICS
    ]


@pytest.mark.parametrize("line", sample_lines(), ids=lambda line: str(line["code"]))
def test_no_line_of_the_sample_tariff_is_refused(line: dict[str, Any]) -> None:
    texts = [Words.of(text) for text in (line["behaviour"], line["unit"], line["evidence"]["text"])]

    assert findings(*texts) == []


BANNED_ZH = [
    ("新婚夫妇首次登记", "marriage"),
    ("离 婚 一次", "marriage"),
    ("按政策生育", "births"),
    ("参加宗教活动", "belief"),
    ("越级上访", "petitions"),
    ("信\u2009访", "petitions"),
    ("拖欠物业费", "debts"),
    ("患有慢性病", "illness"),
    ("在群里发表不当言论", "opinion"),
    ("表决时投赞成票", "vote"),
    ("享受低保", "benefits"),
    ("夫妻和睦、一年不吵架", "marriage"),
    ("年内领取结婚证", "marriage"),
    ("彩礼不超过三万元", "marriage"),
    ("喜事新办，不大操大办", "marriage"),
    ("大龄单身青年参加相亲会", "marriage"),
    ("生二孩的家庭", "births"),
    ("当年生了第三个孩子", "births"),
    ("主动落实节育措施", "births"),
    ("按时参加孕检", "births"),
    ("不参加教会聚会", "belief"),
    ("初一十五到寺庙上香", "belief"),
    ("在路口烧纸、撒冥币", "belief"),
    ("请风水先生看宅基地", "belief"),
    ("家中无人信教", "belief"),
    ("今年没有赴京反映问题", "petitions"),
    ("拨打12345 反映村里的事", "petitions"),
    ("全年零上访", "petitions"),
    ("组织写联名信告村委会", "petitions"),
    ("向市长信箱告状", "petitions"),
    ("按时缴纳物业费", "debts"),
    ("欠缴水电费超过三个月", "debts"),
    ("房贷逾期还款一次", "debts"),
    ("被列入老赖名单", "debts"),
    ("拒不交清卫生费", "debts"),
    ("欠邻居的钱不还，被追债", "debts"),
    ("患慢性病坚持服药", "illness"),
    ("按时接种疫苗", "illness"),
    ("家中有精神障碍患者", "illness"),
    ("全年没有住院", "illness"),
    ("评为残疾人家庭", "illness"),
    ("在业主群里发表负面言论", "opinion"),
    ("转发公众号文章到朋友圈", "opinion"),
    ("批评村干部", "opinion"),
    ("造谣传谣", "opinion"),
    ("未经批准参加集会", "opinion"),
    ("对上级要求唱反调", "opinion"),
    ("选举时支持指定候选人", "vote"),
    ("同意加装电梯方案的住户", "vote"),
    ("表决时弃权", "vote"),
    ("公布每户投了谁", "vote"),
    ("主动退出低保", "benefits"),
    ("分数低于60分的，暂停享受公共服务", "benefits"),
    ("积分高的家庭优先办理入学", "benefits"),
    ("年底取消集体福利和分红", "benefits"),
    ("照顾低保户，补助另发给本人", "benefits"),
    ("婚丧喜庆简办", "marriage"),
    ("不办满月酒", "births"),
    ("独生子女户加分", "births"),
    ("请道士做法事", "belief"),
    ("缠访、闹访", "petitions"),
    ("拨打市民热线投诉", "petitions"),
    ("欠村集体承包费", "debts"),
    ("拒缴垃圾费", "debts"),
    ("隐瞒传染病", "illness"),
    ("在抖音上抹黑村里", "opinion"),
    ("选举投了反对票", "vote"),
    ("取消低保资格", "benefits"),
]


@pytest.mark.parametrize(("text", "topic"), BANNED_ZH)
def test_a_rule_on_a_forbidden_subject_is_known_in_chinese(text: str, topic: str) -> None:
    assert subject_of(Words(zh=text)) == topic


BANNED_EN = [
    ("Got married this year", "marriage"),
    ("Had a second child", "births"),
    ("Attends CHURCH", "belief"),
    ("Filed a complaint", "petitions"),
    ("Paid back a debt", "debts"),
    ("Lives with a disability", "illness"),
    ("Holds the right opinion", "opinion"),
    ("Voted for the proposal", "vote"),
    ("ＶＯＴＥＤ　ＦＯＲ", "vote"),
    ("Gives up a subsidy", "benefits"),
    ("Married within the year", "marriage"),
    ("Did not marry before 22", "marriage"),
    ("Bride price below 30,000 yuan", "marriage"),
    ("Single men who joined a matchmaking day", "marriage"),
    ("Wedding held without a feast", "marriage"),
    ("Families with only one baby: gave birth this year", "births"),
    ("Had another child", "births"),
    ("Follows the family planning rules", "births"),
    ("Pregnant and registered in time", "births"),
    ("Does not go to church", "belief"),
    ("Burnt incense at the temple", "belief"),
    ("Joined a cult", "belief"),
    ("Believes in feng shui", "belief"),
    ("Swept the ancestral graves without fire", "belief"),
    ("Took a petition to the province", "petitions"),
    ("No complaints to the mayor's mailbox", "petitions"),
    ("Called the government hotline more than twice", "petitions"),
    ("Went over the head of the committee", "petitions"),
    ("Pays the property fees on time", "debts"),
    ("Heating bill overdue by three months", "debts"),
    ("Owes money to a neighbour", "debts"),
    ("Failed to pay the cleaning fee", "debts"),
    ("Went bankrupt", "debts"),
    ("Keeps a good credit score", "debts"),
    ("Vaccinated this autumn", "illness"),
    ("Someone in the home has a chronic disease", "illness"),
    ("Not hospitalised all year", "illness"),
    ("Household of a blind person", "illness"),
    ("Wrote harmful remarks in the chat group", "opinion"),
    ("Spread rumours", "opinion"),
    ("Criticised the committee", "opinion"),
    ("Joined an illegal gathering", "opinion"),
    ("Posted a positive message on social media", "opinion"),
    ("Voted yes on the lift", "vote"),
    ("Abstained at the ballot", "vote"),
    ("Supported the proposal of the committee", "vote"),
    ("Campaigned for another candidate", "vote"),
    ("Gave up the low-income allowance", "benefits"),
    ("Below 60 points: barred from public services", "benefits"),
    ("Priority for a place at school", "benefits"),
    ("Never married", "marriage"),
    ("Has two children or more", "births"),
    ("Believers lose points", "belief"),
    ("Reported the committee to 12345", "petitions"),
    ("Owes the management company", "debts"),
    ("Diagnosed with cancer", "illness"),
    ("Spoke ill of the leaders", "opinion"),
    ("Voted for the secretary", "vote"),
    ("Gave up public housing", "benefits"),
]


@pytest.mark.parametrize(("text", "topic"), BANNED_EN)
def test_a_rule_on_a_forbidden_subject_is_known_in_english(text: str, topic: str) -> None:
    assert subject_of(Words(en=text)) == topic


HARMLESS_ZH = [
    "担任红白理事会成员，参加值班",  # a duty, nobody's marriage
    "清扫单身公寓楼道",
    "学习嫁接果树技术",
    "评为相亲相爱好邻居",
    "举报生产假冒商品",
    "救起一孩子",
    "送陌生孩子回家",
    "师生育苗护绿",
    "为流浪猫绝育",
    "更换三轮车轮胎",
    "庙会清洁日",
    "礼拜六打扫楼道",
    "查看清真实情况后上报",
    "今天主动清扫积雪",
    "参加诚信教育讲座",
    "在街道教育基地讲解",
    "教会老人使用手机",
    "不焚烧纸箱、落叶",
    "打算命名的口袋公园征名",
    "防台风水浸值守",
    "清明为烈士墓扫墓",
    "路上香樟树修枝",
    "参加线上访谈",
    "通过微信访客登记",
    "集体走访慰问独居老人",
    "上报居民诉求一件",
    "到社区报告状况",
    "练习欠火候，继续参加培训",
    "拾到钱包归还钱款",
    "主动上交拾到的现金",
    "责无旁贷，带头清淤",
    "不用交费的公益课堂志愿者",
    "帮助患有慢性病的邻居买药",
    "看望住院的邻居",
    "陪残疾人逛公园",
    "占用残疾人车位",
    "居住院落月度检查整洁",
    "果树发生病虫害及时上报",
    "给犬只接种狂犬病疫苗",
    "传染病防控知识宣传志愿者",
    "在文化礼堂集会，听取半年总结",
    "收集会议意见",
    "展示威风锣鼓",
    "参加旅游行业服务培训",
    "参观点位讲解",
    "发言论坛主持人",
    "推选优秀选项目负责人",
    "参加村委会选举投票（不论赞成、反对或弃权）",
    "无故缺席议事会",
    "深入学习垃圾分类",
    "引进企业落户本村",
    "教学位置有序停车",
    "慰问低保户",
    "教老人使用医保码",
    "查实骗取补贴",
    "维护公共服务设施",
    "举办反诈宣传活动",
    "为残疾邻居理发",
    "到残疾人之家服务半天",
    "代老人缴费",
    "获评好媳妇、好婆婆",
    "子女考上大学",
    "无偿献血",
    "清明防火值守",
    "打扫祠堂",
    "移风易俗宣讲一场",
    "制止电信诈骗一起",
]


@pytest.mark.parametrize("text", HARMLESS_ZH)
def test_a_harmless_look_alike_is_let_through_in_chinese(text: str) -> None:
    assert findings(Words(zh=text)) == []


HARMLESS_EN = [
    "On duty for the weddings and funerals council",
    "Mended the footbridge",
    "Gave up a seat to a pregnant neighbour",
    "Celebrated a birthday with an older person living alone",
    "Had the cats of the yard sterilised",
    "Took children to school in the rain",
    "Temple fair clean-up day",
    "Swept Temple Street",
    "Served in good faith as reviewer",
    "Sprayed the slides with fresh paint",
    "Worked through the repetition of the drill",
    "Entered the singing competition",
    "Answered the psychological hotline as a volunteer",
    "Twenty hours of unpaid work",
    "Lent a tool that came back on time",
    "Returned a lost wallet with the money in it",
    "Paid a visit to an older person",
    "Helped a neighbour who is ill with the shopping",
    "Carried groceries for disabled residents",
    "Visited sick neighbours",
    "Ill-parked cars in the fire lane",
    "Parking in a disabled parking space",
    "Treated the plant diseases in the garden",
    "Dog vaccinated against rabies",
    "Disabled the alarm of the lift",
    "Demonstrated first aid",
    "Met in the hall for the yearly assembly",
    "Wrote the minutes of the sitting",
    "Stifling criticism by an official",
    "Voted for the first time, whatever the vote",
    "Took part in a ballot, no matter which option",
    "Spotted and reported subsidence of the path",
    "Read to people in the welfare home",
    "Helped an older neighbour to use the health insurance card",
    "Each eligible household once a month",
    "A film evening on public service",
    "Cheating to get a subsidy (proven)",
    "Still standing after the storm: mended the shelter",
    "Took meals to a neighbour who is ill",
    "Cut hair for disabled residents",
    "Walked a blind person to the clinic",
    "Swept the ancestral-hall square",
    "Cleared the access to the school",
    "Brought back a sickle",
    "Turned out to vote",
    "Paid attention to the fire rules",
    "A bachelor's degree put to use for the village",
]


@pytest.mark.parametrize("text", HARMLESS_EN)
def test_a_harmless_look_alike_is_let_through_in_english(text: str) -> None:
    assert findings(Words(en=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "越\u200b级\u200b上\u200b访", "信 - 访", "信·访", "“信”“访”", "信_访", "信❌访", "信\n访", "ＰＥＴＩＴＩＯＮ",
        "pe\u00adtition", "参加petition活动",
    ],
)  # fmt: skip
def test_odd_writing_hides_nothing(text: str) -> None:
    assert subject_of(Words(zh=text)) == "petitions"


def test_punctuation_parts_what_does_not_belong_together() -> None:
    assert findings(Words(zh="教邻居写信，访问独居老人")) == []


def test_all_subjects_are_named_with_the_words_that_gave_them_away() -> None:
    found = findings(Words(zh="离婚后拖欠物业费", en="Divorced, with debts"), Words(zh="又见拖欠"))

    assert [(one.topic.key, one.words) for one in found] == [
        ("marriage", ("离婚", "divorced")),
        ("debts", ("拖欠", "debts")),
    ]
