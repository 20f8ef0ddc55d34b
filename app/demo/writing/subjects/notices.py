"""Messages to colleagues, customers and suppliers: what each says, and whom it goes to."""

from app.demo.writing.content import Occasion, Post, Section, listed

Sections = tuple[Section, ...]
STAFF = "云栈全体员工 <all@yunzhan.example>"
CUSTOMERS = (
    "江倩 <jiang.qian@qiantang-bank.example>",
    "顾明 <gu.ming@xihu-hospital.example>",
    "许诺 <xu.nuo@jiangnan-retail.example>",
    "蒋川 <jiang.chuan@shudao-logistics.example>",
)
SUPPLIERS = (
    "华通电信 大客户服务 <service@huatong-telecom.example>",
    "东辰数据中心 值班经理 <duty@dongchen-dc.example>",
    "瑞杰备件 客户经理 <account@ruijie-spares.example>",
    "行政后勤部 <facilities@yunzhan.example>",
)
COMPLIANCE = "王敏 <wang.min@yunzhan.example>"
POSTS = {
    "policy-communication-record": Post(COMPLIANCE, (STAFF,), ("李伟 <li.wei@yunzhan.example>",)),
    "communication-records": Post("孙静 <sun.jing@yunzhan.example>", CUSTOMERS, (COMPLIANCE,)),
    "security-policy-communication-record": Post(
        "冯雪 <feng.xue@yunzhan.example>", (STAFF, *CUSTOMERS, *SUPPLIERS), (COMPLIANCE,)
    ),
}
"""By expectation: its message's sender and recipients."""


def policy(when: Occasion) -> Sections:
    """Return how the policy was made known to everybody who works here."""
    rows = f"""
    杭州总部员工|邮件、企业微信公告|68|68|{when.day}
    成都运维中心员工|邮件、企业微信公告|18|18|{when.day}
    新员工|入职培训|3|3|{when.day}"""
    text = (
        "各位同事：",
        (
            "服务管理方针（YZ-SMS-L1-02）已发布在文件库，请阅读，并在三个工作日内回复确认。"
            "方针说明我们对顾客的承诺，以及每个岗位怎样为之出力；有疑问请联系本邮件的抄送人。"
        ),
    )
    return Section("通知", text), listed("知晓确认", "对象|方式|应确认|已确认|日期", rows)


def customers(when: Occasion) -> Sections:
    """Return the quarter's message to the customers."""
    rows = f"""
    钱塘商业银行|江倩|3|3|{when.day}
    西湖区人民医院|顾明|3|3|{when.day}
    江南零售集团|许诺|3|2|{when.day}
    蜀道物流|蒋川|3|3|{when.day}"""
    text = (
        "尊敬的顾客：",
        (
            f"附上 {when.first} 至 {when.last} 的沟通确认表。各月服务报告已发布在服务门户；变更日程按约提前三天通知；"
            "季度服务评审的时间将另行约定。如联系人有变化，请回复本邮件。"
        ),
    )
    return Section("季度沟通", text), listed("收悉确认", "顾客|联系人|应确认|已确认|日期", rows)


def security(when: Occasion) -> Sections:
    """Return how the rules of information security were made known inside and outside."""
    rows = f"""
    全体员工|邮件、企业微信公告|86|86|{when.day}
    顾客联系人|邮件、门户公告|12|11|{when.day}
    供应商联系人|邮件|4|4|{when.day}"""
    text = (
        "各位同事、顾客与合作伙伴：",
        (
            "附上现行信息安全要求的要点：最小授权、口令与多因素认证、可疑邮件立即报告服务台、来访与远程接入须登记。"
            "新的信息安全方针（YZ-SMS-L1-05）正在起草，批准后另行发布。请在三个工作日内回复确认。"
        ),
    )
    return Section("通知", text), listed("知晓确认", "对象|方式|应确认|已确认|日期", rows)
