import pytest

from desync.errors import UsageError
from desync.findings.catalogue import MODULES, RULES, module_of, rule
from desync.findings.rule import Rule

CATALOGUE = """
SYNC101 command-before-greeting error client
SYNC102 command-on-reply-fragment error client
SYNC103 command-inside-multiline-reply error client
SYNC104 pipelining-not-offered error client
SYNC105 pipelining-past-barrier error client
SYNC106 mail-data-before-go-ahead error client
SYNC107 gave-up-waiting error client
SYNC108 foreign-protocol warning configuration
SYNC109 octets-after-quit note client
SYNC201 reply-drift error client
SYNC202 mail-data-as-commands error client
SYNC203 refusal-ignored warning client
SYNC204 mail-lost error client
SYNC205 mail-duplicate-risk warning nobody
REPLY301 reply-line-split note nobody
REPLY302 multiline-reply-split note nobody
REPLY303 malformed-reply error server
REPLY304 mixed-reply-codes error server
REPLY305 unterminated-reply error server
REPLY306 surplus-reply error server
REPLY307 missing-reply error server
REPLY308 unsolicited-reply note server
REPLY309 implausible-reply-code warning server
REPLY310 split-command-misread error server
DATA401 nonstandard-end-of-data error server
DATA402 end-of-data-split note nobody
DATA403 bare-line-ending warning client
DATA404 bdat-length-mismatch error client
DATA405 unstuffed-dot error client
TLS501 starttls-command-injection error client
TLS502 starttls-response-injection error server
TLS503 starttls-masked warning path
PATH601 banner-masked warning path
PATH602 command-masked warning path
PATH603 path-mtu-blackhole error path
PATH604 delayed-ack-stall note server
PATH605 abortive-close note nobody
MAIL701 routed-recipient-accepted warning configuration
CAP901 truncated-capture warning capture
CAP902 damaged-capture warning capture
CAP903 missing-segments warning capture
CAP904 mid-stream note capture
CAP905 one-direction note capture
CAP906 duplicate-frames note capture
CAP907 conflicting-overlap warning path
CAP908 cut-frames warning capture
CAP909 unsound-clock note capture
CAP910 unsupported-link-type warning capture
CAP911 coalesced-segments note capture
CAP912 encrypted note nobody
"""


def test_the_catalogue_is_as_it_was_fixed():
    assert [f"{r.code} {r.name} {r.severity} {r.blame}" for r in RULES] == CATALOGUE.split("\n")[1:-1]


def test_no_code_and_no_name_stands_twice():
    assert len({r.code for r in RULES} | {r.name for r in RULES}) == 2 * len(RULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_lies_in_the_file_of_its_code_and_name(module):
    file = f"{module.RULE.code.lower()}_{module.RULE.name.replace('-', '_')}"
    assert module.__name__ == f"desync.findings.rules.{file}"


@pytest.mark.parametrize("asked", ["SYNC102", "sync102", " Command-On-Reply-Fragment\n"])
def test_a_rule_is_found_by_code_or_name_in_any_case(asked):
    found = rule(asked)
    assert isinstance(found, Rule)
    assert found.code == "SYNC102"
    assert module_of(asked).RULE is found


@pytest.mark.parametrize("asked", ["", "SYNC999", "command", "SYNC102x", "\x1b[31m" * 100])
def test_what_is_not_there_is_a_usage_error(asked):
    with pytest.raises(UsageError) as raised:
        rule(asked)
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 300
