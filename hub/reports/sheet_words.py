"""What stands in the cells of the check sheet and the closing list, in Chinese and English: one table for each list of
causes, compared with it by a test."""

from __future__ import annotations

from collections.abc import Mapping

from hub.core.doors.check_sheet import Cause
from hub.core.doors.closing_list import Verdict
from hub.core.doors.seen import Why
from hub.reports.words import Pair
from wire import messages as m

CELLS: Mapping[Cause, Pair] = {
    "to-come": ("", ""),
    "opened": ("打开", "opened"),
    "stood-open": ("自前日起一直开着", "stood open from before"),
    "blind": ("失察", "blind"),
    "partly": ("部分失察，其余时间未见打开", "blind in part, else not seen open"),
    "sealed": ("已封存，见证书", "sealed, see its certificate"),
    "so-far": ("至今未打开", "not opened so far"),
    "not-opened": ("未打开", "not opened"),
}
"""What stands on a day instead of an opening."""

WHY_BLIND: Mapping[Why, Pair] = {
    "never": ("节点尚未启用", "node not in use yet"),
    "down": ("节点停机", "node was down"),
    "silent": ("节点失联，记录尚未收到", "node silent, its records are still to come"),
    "put-out": ("节点已被注销", "node put out"),
    "records-lost": ("记录丢失", "records lost"),
    "loops": ("回路无法读取", "loops could not be read"),
    "wire": ("线路断开或短路", "wire cut or shorted"),
    "not-known": ("主机不在岗，尚不可知", "the hub is away, not known yet"),
    "no-watch": ("布防时无监视记录", "no watch record while set"),
}

SET_BY: Mapping[m.SetBy, Pair] = {
    "badge": ("刷卡两次", "badge shown twice"),
    "button": ("刷卡并按钮", "badge and button"),
    "console": ("由控制台", "at the console"),
    "time": ("到时自动", "by the hour"),
    "not-entered": ("撤防后无人进入", "nobody went in"),
    "not-known": ("节点重置后", "the node did not know how it stood"),
}

UNSET_BY: Mapping[m.UnsetBy, Pair] = {
    "badge": ("刷卡", "badge"),
    "two": ("两人刷卡", "badges of two people"),
    "approval": ("凭批准，一人", "one person, approved before"),
    "told": ("一人，已通知", "one person, others were told"),
    "unsealed": ("启封", "by unsealing"),
    "begun": ("开始守护", "its guard has begun"),
}

VERDICTS: Mapping[Verdict, Pair] = {
    "not-guarded": ("此区域不布防", "this area is never set"),
    "to-come": ("尚未到来", "still to come"),
    "sealed": ("已封存", "sealed"),
    "set": ("已布防", "set"),
    "not-over": ("尚未布防", "not set yet"),
    "not-set": ("未布防", "NOT SET"),
}
"""How a day has ended for an area."""

LEVELS: Mapping[m.Level, Pair] = {
    "normal": ("正常", "normal"),
    "active": ("开着", "open"),
    "open-circuit": ("线路断开", "wire cut"),
    "short": ("线路短路", "wire shorted"),
}

SET: Pair = ("布防", "set")
UNSET: Pair = ("撤防", "unset")
EXTENDED: Pair = ("延时", "extended")
REFUSED: Pair = ("布防被拒", "refused")
CANCELLED: Pair = ("取消布防", "cancelled")
NOT_SET: Pair = ("到时未布防", "not set at its hour")
SHUT_IN: Pair = ("有人被关在内", "somebody shut in")
OUT: Pair = ("被关者已出", "whoever was shut in is out")

UNTIL: Pair = ("至 %(time)s", "until %(time)s")
OPEN: Pair = ("开着：%(points)s", "open: %(points)s")
INSIDE: Pair = ("内有 %(n)s 人", "%(n)s taken to be inside")
LEFT_OPEN: Pair = ("未关：%(points)s", "left open: %(points)s")
SET_AT: Pair = ("%(time)s 布防", "set at %(time)s")
THIS_LEFT_OPEN: Pair = ("此处未关", "this was left open")
STILL_OPEN: Pair = ("至今未关", "still open")
LATE: Pair = ("补报", "told late")
DOUBTED: Pair = ("存疑", "doubted")
FOUND_OPEN: Pair = ("节点启动时已开着，无人看见打开", "open when the node started: nobody saw it opened")
SAME: Pair = ("同上", "the same")
STOOD_OPEN: Pair = ("自前日起开着", "open from before")
STILL_SET: Pair = ("仍在布防", "still set")
NOT_CHECKED: Pair = ("未布防", "NOT SET")
SEALED_NO: Pair = ("封存 %(number)s 号", "sealed, no. %(number)s")
BLIND_AT: Pair = ("失察 %(span)s（%(why)s）", "blind %(span)s (%(why)s)")
ALL_DAY: Pair = ("全天", "all day")
EMPTY: Pair = ("无", "none")

CHECK_SHEET: Pair = ("开启检查单", "Check sheet")
CLOSING_LIST: Pair = ("每日关闭检查单", "Closing list")
CHECK_HEADS: tuple[Pair, ...] = (
    ("日", "Day"),
    ("打开", "Opened"),
    ("打开人", "By"),
    ("关闭", "Closed"),
    ("关闭人", "By"),
    ("布防检查", "Checked: set by"),
    ("备注", "Remarks"),
)
LINE_HEADS: tuple[Pair, ...] = (("时间", "Time"), ("事项", "What"), ("人员", "Who"), ("说明", "How"))
LEFT_HEADS: tuple[Pair, ...] = (("未关之处", "Left open"), ("状态", "State"), ("起", "Since"), ("止", "Until"))
BLIND_HEADS: tuple[Pair, ...] = (("失察时间", "Blind"), ("原因", "Why"), ("监测点", "Points"))
OVERVIEW_HEADS: tuple[Pair, ...] = (
    ("区域", "Area"),
    ("结果", "Result"),
    ("人员", "Who"),
    ("说明", "How"),
    ("再次撤防", "Unset next"),
)
LINES: Pair = ("当日经过", "What happened")
NEXT: Pair = ("再次撤防", "Unset next")
LEFT: Pair = ("布防时未关", "Left open when it was set")
BLIND: Pair = ("布防期间失察", "Blind while set")
PRINTED: Pair = ("打印于 %(time)s，日志 %(size)s 条", "made %(time)s from %(size)s entries of the journal")
KEEPER: Pair = ("责任人", "Keeper")
CHECKER: Pair = ("检查人", "Checked by")
WHO_NOTE: Pair = (
    "人员为节点记录中当时可能在场的全部人，不作推测。“失察”指无人能看到的时间，绝不记作“未打开”。",
    "People: all who may have been there by the nodes' records, never a guess. Blind: nobody could see it then, so it "
    "is never called not opened.",
)
BLIND_NOTE: Pair = (
    "“失察”指布防期间无人能看到该监测点的时间。",
    "Blind: while the area was set, nobody could see that point.",
)
