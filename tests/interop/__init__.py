"""The running switch against parties that nobody here wrote: pjsua2, baresip, SIPp, mosquitto."""
