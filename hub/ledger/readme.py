"""README.txt of an export, in Chinese and English."""

from __future__ import annotations

from wire.audit.keyring import Keyring

_TEXT = """\
核验说明

本文件夹是门禁日志的导出件:日志来源 {origin},受检查点保护的条目 {signed} 条,其后尚未证明的条目 {tail} 条。
在任何装有 Python 3.8 或更高版本的 Windows 或 Linux 电脑上即可核验,无需联网,无需安装:

    python verify.pyz
    python verify.pyz --root "纸上的六个词" --seen "纸上的检查点词"

结果:PASS 通过(0);FAIL 不通过,并指出第一条有问题的条目和原因(1);UNPROVEN 未证明(2)。
1. 根密钥:请与启用证书上的根密钥(六个词)核对,或用 --root 交给程序核对。
2. --seen:值班单、封存证书上的检查点(二维码内容、词或文件),可重复给出。只有这样才能发现日志被整体倒退。
3. 更稳妥的做法:使用您自己保存的 verify.pyz,不用本文件夹里的这一份。本份的 SHA-256 为
   {digest}
4. journal.csv 和 journal.jsonl 供阅读;程序会逐行核对它们与日志条目是否一致。日志中只有编号,没有姓名。


How to check this

This folder is an export of the journal {origin}: {signed} entries under a checkpoint, and {tail} after it that nothing
proves yet. Any computer with Python 3.8 or newer checks it, on Windows or Linux, offline and without installation:

    python verify.pyz
    python verify.pyz --root "the six words on paper" --seen "the words of a checkpoint on paper"

It answers PASS (exit 0), FAIL with the first bad entry and why (exit 1), or UNPROVEN (exit 2).
1. Root key: compare it (six words) with that on the commissioning certificate, or hand that in with --root.
2. --seen takes a checkpoint from a duty sheet or certificate (text of the QR code, words or a file), as often as you
   like. Nothing else can find that the whole journal was put back to an earlier day.
3. Better still, use a verify.pyz of your own instead of the one in this folder, whose SHA-256 is
   {digest}
4. journal.csv and journal.jsonl are for reading; the program compares every line with the entries. The journal holds
   numbers of people, no names.

Format: https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature.
Sizes: {size} entries in all.
"""


def text(ring: Keyring, signed: int, tail: int, digest: str) -> str:
    """The text for one export. The words of its root key are not in it: they have to come from elsewhere."""
    said = _TEXT.format(origin=ring.origin or "?", signed=signed, tail=tail, size=signed + tail, digest=digest)
    return said.replace("\n", "\r\n")
