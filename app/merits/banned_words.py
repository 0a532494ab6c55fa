"""The words that give a forbidden subject away, and their harmless look-alikes, in Chinese and in English.

The patterns are regular expressions over what `banned.plain` leaves of a text: lower case, half-width punctuation.
Their lines are joined as they stand. `«6»` is up to six signs that do not leave the clause. A look-behind such as
`(?<!生)产假` keeps neighbours that are no word together (生产假冒) from being taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.kit.words import Words


@dataclass(frozen=True)
class Topic:
    """One subject, the words that give it away, and the look-alikes that are passed over."""

    key: str
    name: Words
    zh: re.Pattern[str]
    en: re.Pattern[str]
    but_zh: re.Pattern[str]
    but_en: re.Pattern[str]


def _topic(key: str, zh_name: str, en_name: str, zh: str, en: str, *, but_zh: str = "", but_en: str = "") -> Topic:
    patterns = (_pattern(text) for text in (zh, en, but_zh, but_en))
    return Topic(key, Words(zh=zh_name, en=en_name), *patterns)


def _pattern(text: str) -> re.Pattern[str]:
    """An empty text finds nothing. Words end where Chinese begins: 参加church活动 (re.ASCII)."""
    joined = "".join(line.strip() for line in text.splitlines())
    return re.compile(re.sub(r"«(\d+)»", r"[^.,;:。、!?()]{0,\1}", joined) or "(?!)", re.ASCII)


# Who helps a neighbour may say with what: the deed counts there, and not the neighbour's state.
HELPED = "(?:帮|照[顾料护]|[看探]望|[探走]访|慰问|陪|护送|关[爱怀]|协助|扶助|搀扶|接送|代[办缴]|教|结对)«12»"
HELPS = (
    r"\b(?:help|assist|visit|accompan|escort|support|car(?:ed?|es|ing) for|look(?:ed|ing|s)? after|cook|shopp|clean"
    r"|mend|repair|fetch|bought|drove|call(?:ed|ing|s)? on|read(?:ing|s)? to|sat with|carr(?:y|ied)|cut hair|taught"
    r"|teach|took (?:meals?|food|medicine)|walk(?:ed|ing|s)? (?:a|the|with))\w*\b«40»"
)

_ILL_ZH = """
    疾病|患病|患有|患者|病人|生病(?![虫毒害变])|得病(?!虫)|病史|病情|住院(?![落子区内墙坝])|重病|大病|绝症
    |慢性病|传染病|精神病|精神障碍|心脏病|糖尿病|高血压|艾滋|癌症?|肿瘤|乙肝|肝炎|肺结核|抑郁|自闭症
    |残疾|残障|伤残|致残|肢残|失能|失智|痴呆|聋|盲人|感染(?!力)|疫苗|接种|核酸
"""
_ILL_EN = r"""
    \bill(?:ness(?:es)?)?\b|\bsick(?!le)|\bdisease|\bdisab(?:led|ilit)|\bhandicap|\binfected|\bhiv\b|\bcancer|\bdiabet|\bhospitali
    |\bdementia|\bautis|\bepilep|\btubercul|\bhepatitis|\bvaccinat|\bdiagnosed with
    |\bdepression(?! in the)|\bmental(?:ly)? (?:health|ill)
    |\b(?:blind|deaf) (?:people|persons?|residents?|neighbours?|households?)
"""
_AID_ZH = """
    低保|补贴|补助|津贴|(?<![深投加融插嵌])入学(?!习)|升学|(?<![进投])入园(?![区林艺])|择校|学位(?![置于])|学区房
    |救助金|助学金|公租房|保障房|廉租|安置房|医保|社保|社会保险|养老金|养老保险|合作医疗|新农合|抚恤
    |(?<!项目)(?<!企业)落户(?!项目|企业)|福利(?:待遇|发放|分配|资格)
"""
_AID_EN = r"""
    \bsubsid(?:y|i[sz]e|ies)|\bwelfare|\ballowance|\bschool (?:place|admission|enrol|choice)|\bscholarship
    |\b(?:social|health|medical) insurance|\bpensions?\b|\bpublic housing|\bminimum living|\blow-income|\bhukou
"""

TOPICS = (
    _topic(
        "marriage", "婚姻状况", "marriage",
        """
        [结离再新未已订]?婚[姻礼宴庆嫁育]?|彩礼|聘礼|嫁妆|陪嫁|(?<!转)嫁(?![接祸])|娶|单身|独身|离异|入赘|上门女婿
        |光棍|谈恋爱|[处谈]对象|相亲(?!相)|[做说]媒|红白喜?事|(?<![分网])红事|喜事(?:新办|简办|从简)|办喜事|喜[宴酒]
        |大操大办|人情礼金|随礼|份子钱|夫妻(?:和睦|恩爱|不和|感情|关系|吵架|打架)
        """,
        r"""
        \b(?:un|re|inter)?marr(?:y|i)|\bdivorc|\bwedding|\bbride|\bdowry|\bbetroth|\bfianc|\bmatchmak
        |\bbachelor(?!'s degree)|\bcohabit|\bsingle (?:m[ae]n|wom[ae]n|mother|father|parent|people|person)
        """,
        but_zh="红白喜?事?理事会|单身(?:公寓|宿舍)",
        but_en=r"\bweddings? and funerals? council|\bbachelor flats?",
    ),
    _topic(
        "births", "生育", "births",
        """
        (?<![学师卫])生育(?![苗林种秧])|超生(?![态日])|计生|[头一二两三四多]胎|[一二两三四多]孩(?![童提]|子(?!女))
        |独生[子女]|丁克|怀孕|[早未备]孕|孕[检情]|社会抚养费|避孕|节育|绝育|结扎(?!实)|堕胎|(?<!主)流产(?![品业出地能])
        |优育|添丁|满月[酒宴]|(?<!生)产假|新生儿
        |(?<![学师男女陌医先习业考])生[了下过]?(?:第?[一二两三]个?)?(?:孩子|小孩|娃|宝宝|儿子|女儿)
        """,
        r"""
        \bbirths?\b|\bchildbirth|\bpregnan|\bfamily planning|\bcontracepti|\babortion|\bsteril[iy]|\bmaternity|\bnewborn
        |\b(?:had|have|having|expecting) (?:a |another |more |twin )?(?:baby|babies|children|child)\b
        |\b(?:give|gave|giving) birth|\b(?:another|second|third) (?:child|baby)\b|\bone-child|\bonly child\b|\bchildless
        |\b(?:number of|how many|more|fewer) children
        |\b(?:has|have|having|famil(?:y|ies) with|couples? with|households? with) (?:one|two|three|four) (?:child|bab)
        """,
        but_zh="(?:猫|犬|狗|宠物)«6»绝育|绝育«4»(?:猫|犬|狗|宠物)",
        but_en=rf"""
        \b(?:date|place) of birth|{HELPS}pregnan\w*|\b(?:seat|way) to (?:a )?pregnan\w*
        |\bsteril\w+«20»\b(?:cat|dog|tool)s?|\b(?:cat|dog)s?\b«24»sterili\w+
        """,
    ),
    _topic(
        "belief", "宗教信仰", "belief",
        """
        宗教(?![导诲])|信教(?![育学师材导练])|(?<![街渠人通频])道教(?![育学师室导练])|信佛|[拜念]佛|佛[教堂事]|信仰
        |邪教|迷信|法轮|(?<!个)礼拜(?![一二三四五六日天])|教堂|(?:参加|加入|退出)教会|教会(?:聚会|礼拜|弟兄|姐妹|奉献)
        |教会活动(?![中室])|基督|天主[教堂]|清真(?![相实正假诚])|伊斯兰|穆斯林|古兰|圣经|神父|牧师|僧|尼姑|寺[庙院]
        |[烧焚]香|(?<![马早晚])上香(?![樟菇椿蕉味气草花肠])|烧纸(?![箱板壳盒张片屑皮])|纸钱|冥[币纸钞]
        |祭[祀祖扫奠]|扫墓|[拜求敬]神|跳大神|(?<!打)算命(?!名)|看风水|风水(?:先生|宝地)|占卜|巫[婆术]|神婆|法事
        |超度(?![假数])
        """,
        r"""
        \breligio|\bbelie(?:fs?|vers?)\b|\bfaiths?\b|\batheis|\bchurch|\bmosque|\btemple|\bworship|\bpray|\bsuperstiti|\bbapti[sz]
        |\bbuddh|\bchristian|\bmuslim|\bislam|\bcatholic|\bprotestant|\b[td]aois|\bbible|\bqu?'?ran\b|\bkoran|\bpriest
        |\bmonks?\b|\bpastors?\b|\bimams?\b|\bcults?\b|\bsects?\b|\bincense|\bjoss|\bspirit money|\bancest(?:or|ral)
        |\btomb-?sweep|\bgrave (?:rite|sweep|offer)|\bfortune.tell|\bfeng.?shui
        """,
        but_zh="(?:烈士|英烈|陵园)«8»(?:祭[扫奠]|扫墓)|(?:祭[扫奠]|扫墓)«6»(?:烈士|英烈|陵园)",
        but_en=r"\bgood faith|\btemple (?:fair|street|road|lane)s?|\bancestral[- ]halls?",
    ),
    _topic(
        "petitions", "信访、投诉", "petitions and complaints",
        """
        (?<![微短通电彩])信访(?![客问谈])|(?<![线网路早晚])上访(?![问谈客视友贫])|[缠闹集]访|(?<![信社])群访(?![谈问客])
        |非访(?![客问谈])|缠诉|越级(?:[走上]访|反映|告状|举报)|(?:[进赴去]京|[到赴去][省市])«4»(?:走访|反映|告状)
        |集体走访(?!«6»(?:慰问|看望|老人|困难|孤寡|军属|家庭|居民|住户))|投诉|(?<![报公广通])告状(?![况态])
        |联名(?:信|上书|反映|告)
        |(?:[省市区县镇乡]长|书记)(?:热线|信箱)|(?:政务|市民|便民|政府)(?:服务)?(?:热线|信箱)
        """,
        r"""
        \bpetition|\bcomplain|\bgrievance|\bletters and visits|\bhotline|(?<!\d)12345(?!\d)
        |\bmayor'?s? (?:mail|letter)?box|\bover the heads? of
        """,
        but_en=r"\b(?:crisis|emergency|counselling|psychological|children's|suicide) hotlines?",
    ),
    _topic(
        "debts", "债务", "debts",
        """
        [还欠负讨追逃]?债[务权]?|借贷|[借放还信网房车]?(?<!无旁)(?<!惩不)贷款?|信用卡|透支(?!体力|身体)|赊[购账欠]?|担保
        |征信|月供|按揭|抵押|质押|欠条|借[条据款钱]|(?<![归送交退奉返])还[钱款](?![包物夹袋项])|拖欠|亏欠
        |欠[债款税账钱租薪缴息贷]|欠«6»(?<![浪消免])费|催(?:收(?!集)|缴|款)|老赖|失信(?:被执行人?|人员|名单|惩戒)
        |限制高消费|限高令|破产|逾期(?:还款|缴|交费|付款|未[缴付])|[坏赖]账|清偿|偿还
        |[税费款账]«3»(?:强制执行|追缴|保全)
        |(?:未|不(?![用需必须要])|没|拒|[按准]时|按期|及时|主动|足额|提前)«6»
        (?:[缴交]纳|[缴交还付]清|(?<![上公提社成])[缴交](?![还到给出公通接叉流换往谈友])«6»[费税租])
        """,
        r"""
        \bdebt|\barrears|\bcredit (?:card|score|rating|record|history|bureau)|\b(?:bank|home|car|private|personal) loan
        |\bloan (?:repay|shark)|\btook (?:out )?a loan|\brepay|\brepaid|\bmortgage|\bunpaid
        |\bowe[sd]?\b|\bowing (?:money|rent|fees|tax)|\bborrow\w* money|\boverdraft|\boverdrawn|\bbankrupt|\binsolven
        |\bguarantor|\bcreditor|\bmoney.?lend
        |\b(?:fail(?:s|ed|ing)? to|did not|do(?:es)? not) pay(?! attention| heed| a visit)
        |\b(?:fees?|bills?|rent|tax(?:es)?|dues|premiums?|instal?lments?|contributions?)\b«30»
        \b(?:on time|in time|in full|promptly|late|overdue|not paid)
        |\boverdue (?:fee|bill|rent|tax|payment|loan)|\blate pay|\bpa(?:y|ys|id|ying)\b«30»\b(?:on time|late|promptly)
        """,
        but_en=r"""
        \bunpaid (?:work|help|volunt\w*|service|hours|labour|care)|\bdebts? of (?:gratitude|honou?r)
        |\bpaid (?:a )?(?:visit|call|respect)s?|\brepa(?:y|id) (?:a )?kindness
        """,
    ),
    _topic(
        "illness", "疾病、残疾", "illness or disability",
        _ILL_ZH,
        _ILL_EN,
        but_zh=f"""
        {HELPED}(?:{_ILL_ZH})|[为给替]«8»(?:{_ILL_ZH})«8»(?:送|理发|打扫|代购|代买|买菜|买药|维修|读|做饭|洗|义诊)
        |残疾人?(?:专用)?(?:停?车位|坡道|通道|卫生间|厕所|设施|扶手|之家|服务站)
        |«6»[病癌压]的?(?:防治|防控|预防|科普|知识)«6»(?:讲座|宣传|宣讲|培训|课)
        |(?:疫苗|核酸)?(?:接种|采样)[点站]|狂犬病?疫苗|(?:犬|狗|猫|宠物|畜|禽)«10»(?:接种«4»疫苗|疫苗|接种)
        """,
        but_en=rf"""
        {HELPS}(?:{_ILL_EN})\w*|\bsp(?:oke|eak\w*) ill|\bill[- ](?:parked|mannered|will|lit|prepared|equipped|treat\w*)
        |\bdisabled (?:parking|access|toilet|ramp)|\b(?:plant|tree|crop|fish) diseases?
        |\bdisabled (?:the|an) alarm
        |\bdisease (?:prevention|control) (?:talk|lecture|training)|\b(?:dog|cat|pet)s?\b«20»vaccinat\w*
        |\bvaccinat\w+«12»\b(?:dog|cat|pet|site|station)s?
        """,
    ),
    _topic(
        "opinion", "个人观点", "private opinions",
        """
        (?<!发)言论|(?<![参景])观点|说三道四|不良信息|(?:散布|传播|发布|转发)«6»(?:不实|虚假|负面|有害)|[造传]谣|谣言
        |政治(?:立场|面貌|表现|观点|倾向|觉悟|态度|主张)|政见|发帖|跟帖|妄议|非议|抹黑|牢骚|抱怨|唱反调|持有?不同意见
        |(?<![旅巡导])游行(?![业程进李为])|(?<![展显])示威(?!风)|(?:非法|聚众|违规|擅自|未经«10»)«4»(?<!收)集会
        |(?:提及|谈论|议论|散布)«8»话题|(?:议论|批评|指责|质疑|攻击)«4»(?:干部|领导|政府|组织|政策|村委|居委|街道|党)
        |(?:传播|发布|转发)«6»正能量|(?:转发|点赞|评论)«8»(?:朋友圈|公众号|抖音|视频号|链接|推文|帖)
        |(?:朋友圈|[信主民]群|群[里内])«6»(?:乱发|发表|骂|议论|评论)
        """,
        r"""
        \bopinions?\b|\bpolitical|\bideolog|\bdissent|\bprotest|\bcritici[sz]|\bsp(?:oke|eak\w*) (?:out|ill|badly)
        |\bbadmouth|\brumou?r|\bgrumbl|\bonline (?:posts?|comments?|remarks?)
        |\bpost(?:s|ed|ing)?\b«30»\bonline
        |\b(?:post|comment|wr[io]te|said|say|spread)\w*\b«30»\b(?:on social media|in (?:a|the) chat group)
        |\b(?:street|public|unauthori[sz]ed) demonstration|\bdemonstrat\w* against
        |\b(?:unauthori[sz]ed|illegal) (?:assembl|rall|march|gathering)
        |\b(?:harmful|untrue|negative|improper) (?:speech|remarks|comments|posts)
        """,
        but_en=r"\b(?:suppress|stifl)\w* critici[sz]\w*",
    ),
    _topic(
        "vote", "怎么投的票", "how somebody voted",
        """
        赞成票|反对票|弃权(?![利益])|投给|投(?:赞成|反对)|怎么投|如何投票|选项(?!目)|[投选]了?谁|拉票|[亮晒]票
        |(?:表决|投票|选举|票决)«8»(?:赞成|支持|反对|同意)
        |(?:赞成|同意|支持|反对|否决|拥护)«6»(?:方案|议案|提案|决议|候选人|议题|征收|拆迁|加装电梯)
        """,
        r"""
        \bvot(?:e|es|ed|ing) (?:for(?! the first time)|against|yes\b|no\b(?! matter)|in favou?r)|\bhow (?!the\b)\w+ vot
        |\bwhich option|\bchosen option|\babst(?:ain\w*(?! from)\b|ention)|\b(?:yes|no)[- ]votes?\b
        |\bcampaign(?:s|ed|ing)? for (?:a |the |another )?candidate|\bcanvass
        |\b(?:against|in favou?r of) the (?:motion|proposal|plan|candidate)
        |\bsupport(?:s|ed|ing)? the (?:motion|proposal|candidate)
        """,
        but_zh="""
        (?:不看|不论|不问|不管|无论|不计)«4»(?:选项|选择|怎么投|如何投票|投什么|选什么|赞成|反对)
        (?:[、或和与还是]*(?:赞成|反对|弃权)票?)*
        """,
        but_en=r"""
        \b(?:whatever|however|whichever|no matter (?:how|what|which)|regardless of (?:how|what|which))«30»
        \b(?:vot\w+|options?)
        """,
    ),
    _topic(
        "benefits", "补贴、入学、公共服务资格", "access to subsidies, schools or public services",
        f"""
        {_AID_ZH}|优先«4»(?:办理|享受|录取|就医|分配|审批)|公共服务(?:资格|待遇|优先|优惠|限制|名额)
        |(?:享受|享有|取得|获得|限制|取消|暂停|停止|优先|剥夺|申请|减少)«6»公共服务
        |(?:取消|扣减|扣发|暂停|停发|不予|减发|停止)«8»(?:福利|分红|待遇)
        """,
        rf"""
        {_AID_EN}|\beligib\w+ (?:for|to)«30»\b(?:school|hous|loan|benefit|service|aid)
        |\b(?:(?<!the )access to|priority|denied|barred from|refused|loses?|cut off from)«24»
        \b(?:public services?|schools?|kindergarten|hospital)
        |\bpublic services? (?:access|eligib|priority|denied|refused|limited)
        """,
        but_zh=f"{HELPED}(?:{_AID_ZH})|(?:骗[取领]|冒领|套取|截留|克扣|挪用|侵占|贪污)«4»(?:{_AID_ZH})",
        but_en=rf"""
        \banimal welfare|\bwelfare (?:home|institution|centre)s?|{HELPS}(?:{_AID_EN})\w*
        |\b(?:cheat|defraud|embezzl|fake|false)\w*«30»(?:{_AID_EN})\w*
        """,
    ),
)  # fmt: skip
