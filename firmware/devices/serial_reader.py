"""Badge readers on a serial line. Bytes go to the core as they come; what they mean is decided there.

A line may fail in ways that nobody foresaw (`termios.error` is no OSError): it is told, and the line opened again.
"""

from __future__ import annotations

import threading

import serial

from firmware.core.effects import PartFailed, ReaderBytes
from firmware.devices.gpio import Mono, Put

RETRY_S = 1.0
WAIT_S = 0.5
LARGEST_READ = 1024


class SerialReader:
    """One reader port: a thread that reads, and opens the line again for as long as it takes."""

    def __init__(self, port: str, device: str, baud: int, put: Put, mono: Mono) -> None:
        self._port = port
        self._device = device
        self._baud = baud
        self._put = put
        self._mono = mono
        self._failed = False
        self._stop = threading.Event()
        self.ready = threading.Event()
        """Set while the line is open."""
        self._thread = threading.Thread(target=self._run, name=f"reader-{port}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and close the line."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with serial.Serial(self._device, self._baud, timeout=WAIT_S) as line:
                    self._mended()
                    self.ready.set()
                    while not self._stop.is_set():
                        data = line.read(1)
                        if data:
                            data += line.read(min(line.in_waiting, LARGEST_READ))
                            self._put(ReaderBytes(self._port, data, self._mono()))
            # A thread that ended would leave a door that nobody can open, in silence.
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and tried again
                self.ready.clear()
                self._fail(f"{self._device}: {error or type(error).__name__}")
                self._stop.wait(RETRY_S)

    def _fail(self, detail: str) -> None:
        if not self._failed:
            self._failed = True
            self._put(PartFailed("reader", True, detail[:200], self._port))

    def _mended(self) -> None:
        if self._failed:
            self._failed = False
            self._put(PartFailed("reader", False, f"{self._device} is open again", self._port))
