from desync.smtp.command import read_command
from desync.smtp.prompt import CONNECTION, Phase, Prompt


def test_the_connection_is_answered_by_the_greeting_and_has_no_octets():
    assert (CONNECTION.kind, CONNECTION.start, CONNECTION.end) == ("connection", 0, 0)
    assert CONNECTION.terminated
    assert CONNECTION.verb is None


def test_the_verb_is_that_of_a_known_command():
    assert Prompt("command", 0, 6, read_command(b"quit")).verb == "QUIT"
    assert Prompt("command", 0, 7, read_command(b"XYZZY")).verb is None
    assert Prompt("mail-data", 0, 3).verb is None


def test_phases():
    assert {phase.name for phase in Phase} == {"COMMAND", "MAIL_DATA", "AUTH", "STARTTLS", "TURNED"}
