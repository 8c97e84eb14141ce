"""The one list of rules, in the order of their codes, and the look-up by code or name.

May know which rules there are; must not know how a rule judges.
"""

from types import ModuleType
from typing import Final

from desync.errors import UsageError
from desync.findings.rule import Rule
from desync.findings.rules import (
    cap901_truncated_capture,
    cap902_damaged_capture,
    cap903_missing_segments,
    cap904_mid_stream,
    cap905_one_direction,
    cap906_duplicate_frames,
    cap907_conflicting_overlap,
    cap908_cut_frames,
    cap909_unsound_clock,
    cap910_unsupported_link_type,
    cap911_coalesced_segments,
    cap912_encrypted,
    data401_nonstandard_end_of_data,
    data402_end_of_data_split,
    data403_bare_line_ending,
    data404_bdat_length_mismatch,
    data405_unstuffed_dot,
    mail701_routed_recipient_accepted,
    path601_banner_masked,
    path602_command_masked,
    path603_path_mtu_blackhole,
    path604_delayed_ack_stall,
    path605_abortive_close,
    reply301_reply_line_split,
    reply302_multiline_reply_split,
    reply303_malformed_reply,
    reply304_mixed_reply_codes,
    reply305_unterminated_reply,
    reply306_surplus_reply,
    reply307_missing_reply,
    reply308_unsolicited_reply,
    reply309_implausible_reply_code,
    reply310_split_command_misread,
    sync101_command_before_greeting,
    sync102_command_on_reply_fragment,
    sync103_command_inside_multiline_reply,
    sync104_pipelining_not_offered,
    sync105_pipelining_past_barrier,
    sync106_mail_data_before_go_ahead,
    sync107_gave_up_waiting,
    sync108_foreign_protocol,
    sync109_octets_after_quit,
    sync201_reply_drift,
    sync202_mail_data_as_commands,
    sync203_refusal_ignored,
    sync204_mail_lost,
    sync205_mail_duplicate_risk,
    tls501_starttls_command_injection,
    tls502_starttls_response_injection,
    tls503_starttls_masked,
)

MODULES: Final[tuple[ModuleType, ...]] = (
    sync101_command_before_greeting,
    sync102_command_on_reply_fragment,
    sync103_command_inside_multiline_reply,
    sync104_pipelining_not_offered,
    sync105_pipelining_past_barrier,
    sync106_mail_data_before_go_ahead,
    sync107_gave_up_waiting,
    sync108_foreign_protocol,
    sync109_octets_after_quit,
    sync201_reply_drift,
    sync202_mail_data_as_commands,
    sync203_refusal_ignored,
    sync204_mail_lost,
    sync205_mail_duplicate_risk,
    reply301_reply_line_split,
    reply302_multiline_reply_split,
    reply303_malformed_reply,
    reply304_mixed_reply_codes,
    reply305_unterminated_reply,
    reply306_surplus_reply,
    reply307_missing_reply,
    reply308_unsolicited_reply,
    reply309_implausible_reply_code,
    reply310_split_command_misread,
    data401_nonstandard_end_of_data,
    data402_end_of_data_split,
    data403_bare_line_ending,
    data404_bdat_length_mismatch,
    data405_unstuffed_dot,
    tls501_starttls_command_injection,
    tls502_starttls_response_injection,
    tls503_starttls_masked,
    path601_banner_masked,
    path602_command_masked,
    path603_path_mtu_blackhole,
    path604_delayed_ack_stall,
    path605_abortive_close,
    mail701_routed_recipient_accepted,
    cap901_truncated_capture,
    cap902_damaged_capture,
    cap903_missing_segments,
    cap904_mid_stream,
    cap905_one_direction,
    cap906_duplicate_frames,
    cap907_conflicting_overlap,
    cap908_cut_frames,
    cap909_unsound_clock,
    cap910_unsupported_link_type,
    cap911_coalesced_segments,
    cap912_encrypted,
)
"""The modules of all rules: dialogue first, then replies, then the capture itself."""

RULES: Final[tuple[Rule, ...]] = tuple(module.RULE for module in MODULES)
"""The rules themselves, in the order of ``MODULES``."""

_MODULE_OF: Final[dict[str, ModuleType]] = {
    word: module
    for module, rule_of_it in zip(MODULES, RULES, strict=True)
    for word in (rule_of_it.code.upper(), rule_of_it.name.upper())
}


def module_of(code_or_name: str) -> ModuleType:
    """Find the module of a rule; its docstring is the rule's page.

    Args:
        code_or_name: ``SYNC102`` or ``command-on-reply-fragment``, in any case, spaces around ignored.

    Raises:
        UsageError: No rule has this code or name.
    """
    module = _MODULE_OF.get(code_or_name.strip().upper())
    if module is None:
        reason = f"no rule has the code or name {code_or_name[:60]!r}"
        raise UsageError(reason)
    return module


def rule(code_or_name: str) -> Rule:
    """Find a rule by its code or name, in any case.

    Raises:
        UsageError: No rule has this code or name.
    """
    found: Rule = module_of(code_or_name).RULE
    return found
