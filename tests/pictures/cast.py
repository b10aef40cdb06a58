"""Who plays in the pictures: the people and the words of one language. Nobody is real, and neither are their numbers."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Known:
    """A customer whom the centre knows."""

    name: str
    tags: tuple[str, ...] = ()
    complaints: int = 0


@dataclass(frozen=True)
class Cast:
    """The centre of one language. ``names``: what the shipped queues and menus are called there."""

    language: str
    locale: str
    number: str
    """The tree's number."""
    area: str
    """What every caller's number begins with; three digits follow."""
    agents: tuple[str, ...]
    supervisor: str
    judge: str
    known: tuple[Known, ...]
    """The first is the one on whom the pictures of the desktop look."""
    note: str
    """What an agent writes down in the talk."""
    handing: str
    """What an agent writes for the colleague."""
    remark: str
    verdict: str
    notes: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict)

    def named(self, name: str) -> str:
        """What this queue or menu is called here."""
        return self.names.get(name, name)

    def customer(self, place: int) -> Known | None:
        """Who has this number, of those who only called earlier; every third is not known."""
        if place % 3 == 0:
            return None
        first, last = self.known[place % len(self.known)].name, self.known[(place // 7 + 5) % len(self.known)].name
        return Known(f"{first.split()[0]} {last.split()[1]}" if " " in first else last[0] + first[1:])


ENGLISH = Cast(
    language="en", locale="en-GB", number="5000", area="+44207946",
    agents=("Ann Archer", "Ben Baker", "Chen Chang", "Dora Diaz", "Emil Ek", "Farah Faris", "Grace Gill", "Hugo Holm",
            "Ines Iversen", "Jonas Jung", "Kira Kovac", "Liam Lowe"),
    supervisor="Sue Super", judge="Quin Quality",
    known=(Known("Margaret Whitfield", ("gold", "since 2019"), 1), Known("Oliver Grant", ("business",)), Known("Priya Nair"),
           Known("Samuel Osei", ("gold",)), Known("Hannah Clarke"), Known("Tomasz Zielinski", ("new",)),
           Known("Elena Rossi"), Known("George Bennett", ("business", "invoice by post")), Known("Aisha Khan"),
           Known("Peter Lindqvist", (), 1), Known("Julia Hartmann"), Known("Daniel Moreau", ("gold",))),
    note="Second reminder although paid on the 3rd. Payment found, booked to the wrong account.",
    handing="Paid on the 3rd, got a second reminder. Please book it over and confirm by letter.",
    remark="Lets her finish, then sums up: very good.", verdict="Calm and clear. Announce the hold next time.",
    notes=("Invoice sent again by e-mail.", "Address changed.", "Rings again tomorrow with the contract number.",
           "Explained the dates of payment.", "Wants a call after 5 pm.", ""),
)

MANDARIN = Cast(
    language="zh", locale="zh-CN", number="5001", area="0215550",
    agents=("安静怡", "白建国", "陈嘉", "邓丽华", "方志强", "高雅", "韩冰", "何伟", "贾思雨", "孔令辉", "李楠", "罗晓敏"),
    supervisor="孙班长", judge="钱质检",
    known=(Known("王秀兰", ("金卡", "2019 年入网"), 1), Known("刘志远", ("企业客户",)), Known("张敏"),
           Known("周建平", ("金卡",)), Known("吴婷婷"), Known("徐浩然", ("新客户",)), Known("马丽"),
           Known("朱国强", ("企业客户", "纸质账单")), Known("胡雪梅"), Known("郭涛", (), 1),
           Known("林子涵"), Known("黄伟民", ("金卡",))),
    note="3 日已缴费，仍收到第二次催缴。已查到款项，误记到另一账户。",
    handing="3 日已缴费，又收到催缴通知。请更正入账，并书面确认。",
    remark="先让客户说完，再归纳要点，很好。", verdict="沟通平和、清楚。下次保持通话前请先告知。",
    notes=("已重新发送电子账单。", "已更改地址。", "客户明天提供合同号后再来电。", "已说明缴费日期。",
           "希望 17 点以后回电。", ""),
    names={"support": "客户服务", "billing": "账务", "sales": "销售", "main": "总机导航",
           "opening-hours": "营业时间", "payment-dates": "缴费日期",
           "main-zh": "服务热线", "survey-zh": "满意度"},
)

CASTS = (ENGLISH, MANDARIN)
