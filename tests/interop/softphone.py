"""A pjsua2 softphone in a process of its own: commands come in as JSON lines, events go out as JSON lines.

PJSIP holds four call legs a process and one thread may touch it, so each phone is a process, and this file is its whole
program. Every command is answered by ``{"did": name}`` or ``{"failed": name, "why": ...}``; everything else is an event with
the moment (POSIX seconds) at which it was seen. The log, with every SIP message in it, goes to a file.
"""

import argparse
import gc
import json
import os
import select
import sys
import time
from typing import Any

import pjsua2 as pj

STEP_MS = 10
SRTP = {"off": pj.PJMEDIA_SRTP_DISABLED, "offer": pj.PJMEDIA_SRTP_OPTIONAL, "require": pj.PJMEDIA_SRTP_MANDATORY}
GOODBYE_SECONDS = 2.0
TRANSPORTS = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP, "tls": pj.PJSIP_TRANSPORT_TLS}
CODECS = {"PCMU": 8000, "PCMA": 8000, "G722": 16000}


def tell(**event: object) -> None:
    """Write one event."""
    sys.stdout.write(json.dumps({"at": time.time(), **event}) + "\n")
    sys.stdout.flush()


class Call(pj.Call):
    """One call leg, its speech and its recorder."""

    def __init__(self, phone: "Phone", identity: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(phone.account, identity)
        self.phone = phone

    def onCallState(self, _prm: pj.OnCallStateParam) -> None:
        info = self.getInfo()
        tell(event="state", call=info.id, state=info.stateText, status=info.lastStatusCode, reason=info.lastReason)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.phone.over.append(self)

    def onCallMediaState(self, _prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()
        tell(event="media", call=info.id, active=any(each.status == pj.PJSUA_CALL_MEDIA_ACTIVE for each in info.media))
        if info.media and info.media[0].status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            self.phone.connect(self)

    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        tell(event="transfer", status=prm.statusCode, reason=prm.reason, final=prm.finalNotify)

    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        tell(event="digit", digit=prm.digit)


class Buddy(pj.Buddy):
    """A lamp: somebody's presence."""

    def onBuddyState(self) -> None:
        info = self.getInfo()
        tell(event="buddy", uri=info.uri, state=info.presStatus.status, note=info.presStatus.note, sub=info.subStateName,
             why=info.subTermReason)


class Speech(pj.AudioMediaPlayer):
    """A spoken file; says when it was said."""

    def onEof2(self) -> None:
        tell(event="said")


class Account(pj.Account):
    def __init__(self, phone: "Phone") -> None:
        super().__init__()
        self.phone = phone

    def onRegState(self, prm: pj.OnRegStateParam) -> None:
        self.phone.registered = prm.code == 200 and prm.expiration > 0
        tell(event="registered", status=prm.code, expires=prm.expiration)

    def onMwiInfo(self, prm: pj.OnMwiInfoParam) -> None:
        tell(event="mailbox", state=prm.state, message=prm.rdata.wholeMsg)

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        call = Call(self.phone, prm.callId)
        self.phone.calls.append(call)
        tell(event="incoming", call=prm.callId, message=prm.rdata.wholeMsg)
        if self.phone.rings:
            ring = pj.CallOpParam()
            ring.statusCode = 180
            call.answer(ring)


class Phone:
    def __init__(self, options: argparse.Namespace) -> None:
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(_endpoint_config(options))
        self.endpoint.audDevManager().setNullDev()
        transport = pj.TransportConfig()
        transport.boundAddress = "127.0.0.1"
        self.endpoint.transportCreate(TRANSPORTS[options.transport], transport)
        self.endpoint.libStart()
        self._choose_codecs(options.codec)
        self.options = options
        self.rings = True
        self.registered = False
        self.account = Account(self)
        self.calls: list[Call] = []
        self.buddies: list[Buddy] = []
        self.over: list[Call] = []
        self.recorder: pj.AudioMediaRecorder | None = None
        self.speech: Speech | None = None

    def _choose_codecs(self, wanted: str) -> None:
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, 0)
        names = [wanted, *({"PCMU", "PCMA"} - {wanted})] if wanted != "G722" else [wanted]
        for priority, name in zip((255, 200), names, strict=False):
            self.endpoint.codecSetPriority(f"{name}/{CODECS[name]}", priority)

    def run(self) -> None:
        """Serve until standard input ends."""
        self.account.create(_account_config(self.options))
        tell(event="started")
        pending = b""
        while True:
            self.endpoint.libHandleEvents(STEP_MS)
            self.forget()
            if not select.select([0], [], [], 0)[0]:
                continue
            chunk = os.read(0, 65536)
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                self.obey(json.loads(line))

    def obey(self, command: dict[str, Any]) -> None:
        name = command.pop("do")
        try:
            getattr(self, f"do_{name}")(**command)
        except pj.Error as error:
            tell(failed=name, why=error.reason)
        else:
            tell(did=name)

    def forget(self) -> None:
        """Let go of calls that are over; not in their own callback, where PJSIP still holds them."""
        self.calls = [call for call in self.calls if call not in self.over]
        self.over.clear()

    def close(self) -> None:
        """Hang up, sign off, and let go of everything while the library still stands."""
        self.endpoint.hangupAllCalls()
        if self.registered:
            self.account.setRegistration(False)
        deadline = time.monotonic() + GOODBYE_SECONDS
        while time.monotonic() < deadline and (self.calls or self.registered):
            self.endpoint.libHandleEvents(STEP_MS)
            self.forget()
        self.recorder = self.speech = None
        self.calls.clear()
        self.buddies.clear()
        self.account.shutdown()
        del self.account
        gc.collect()
        self.endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)

    @property
    def call(self) -> Call:
        """The call that is talked about: the last one that lives."""
        return [call for call in self.calls if call.isActive()][-1]

    def connect(self, call: Call) -> None:
        """Media has (again) come up: recorder and speech belong to it."""
        media = call.getAudioMedia(-1)
        if self.recorder is not None:
            media.startTransmit(self.recorder)
        if self.speech is not None:
            self.speech.startTransmit(media)

    # -- commands -----------------------------------------------------------------------------------------------------

    def do_register(self, on: bool = True) -> None:
        self.account.setRegistration(on)

    def do_call(self, uri: str) -> None:
        call = Call(self)
        self.calls.append(call)
        call.makeCall(uri, pj.CallOpParam(True))

    def do_answer(self, status: int = 200) -> None:
        answer = pj.CallOpParam()
        answer.statusCode = status
        self.call.answer(answer)

    def do_hangup(self) -> None:
        self.call.hangup(pj.CallOpParam())

    def do_refer(self, uri: str) -> None:
        """Blind transfer by the phone's key."""
        self.call.xfer(uri, pj.CallOpParam(True))

    def do_refer_both(self) -> None:
        """Attended transfer by the phone's key: put the first of its two calls together with the last."""
        first, *_, last = [call for call in self.calls if call.isActive()]
        first.xferReplaces(last, pj.CallOpParam(True))

    def do_watch(self, uri: str) -> None:
        config = pj.BuddyConfig()
        config.uri, config.subscribe = uri, True
        buddy = Buddy()
        buddy.create(self.account, config)
        self.buddies.append(buddy)

    def do_hold(self) -> None:
        self.call.setHold(pj.CallOpParam())

    def do_resume(self) -> None:
        resume = pj.CallOpParam(True)
        resume.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.call.reinvite(resume)

    def do_press(self, digits: str, info: bool = False) -> None:
        press = pj.CallSendDtmfParam()
        press.digits = digits
        press.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if info else pj.PJSUA_DTMF_METHOD_RFC2833
        self.call.sendDtmf(press)

    def do_say(self, path: str, loop: bool = False) -> None:
        self.speech = Speech()
        self.speech.createPlayer(path, 0 if loop else pj.PJMEDIA_FILE_NO_LOOP)
        self.speech.startTransmit(self.call.getAudioMedia(-1))

    def do_hush(self) -> None:
        self.speech = None

    def do_record(self, path: str) -> None:
        """Record what is heard, from now or from when media comes up, until ``stop``."""
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(path)
        for call in self.calls:
            if call.isActive() and call.hasMedia():
                self.connect(call)

    def do_stop(self) -> None:
        """Close the recording."""
        self.recorder = None

    def do_ignore(self) -> None:
        """Do not even ring from now on."""
        self.rings = False


def _endpoint_config(options: argparse.Namespace) -> pj.EpConfig:
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "softphone"
    config.logConfig.level = 5
    config.logConfig.consoleLevel = 0
    config.logConfig.filename = options.log
    config.medConfig.clockRate = config.medConfig.sndClockRate = CODECS[options.codec]
    config.medConfig.channelCount = 1
    config.medConfig.ecTailLen = 0
    config.medConfig.noVad = True
    return config


def _account_config(options: argparse.Namespace) -> pj.AccountConfig:
    config = pj.AccountConfig()
    server = f"{options.server};transport={options.transport}"
    config.idUri = f"sip:{options.user}@{options.server}"
    config.regConfig.registrarUri = f"sip:{server}"
    config.regConfig.registerOnAdd = False
    config.regConfig.retryIntervalSec = 0
    if options.password:
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", options.user, 0, options.password))
    config.mwiConfig.enabled = options.mailbox
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    config.mediaConfig.srtpUse = SRTP[options.srtp]
    config.mediaConfig.srtpSecureSignaling = 0
    return config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", default="")
    parser.add_argument("--server", required=True, help="host:port")
    parser.add_argument("--log", required=True)
    parser.add_argument("--codec", choices=CODECS, default="PCMU")
    parser.add_argument("--transport", choices=TRANSPORTS, default="udp")
    parser.add_argument("--srtp", choices=SRTP, default="off")
    parser.add_argument("--mailbox", action="store_true", help="subscribe to the own mailbox")
    phone = Phone(parser.parse_args())
    try:
        phone.run()
    finally:
        phone.close()


if __name__ == "__main__":
    main()
