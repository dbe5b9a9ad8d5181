"""Names and sites, whatever is written in them."""

from hypothesis import example, given
from hypothesis import strategies as st

from api.doors import called_by_name, same_site

OURS = ("localhost", "127.0.0.1", "[::1]", "ours.example")
HOSTS = frozenset({"ours.example"})
NEAR = st.text("localhst127.0:[]@/#?%ours.exmp ", max_size=12)


@given(NEAR | st.text(max_size=12), st.sampled_from(("", *OURS)), st.sampled_from("<>"))
@example("0", "[::1]", ">")
@example("evil@", "localhost", ">")
def test_a_name_is_ours_only_whole(text: str, ours: str, side: str) -> None:
    host = ours + text if side == "<" else text + ours
    if called_by_name(host, HOSTS):
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        assert name.lower() in OURS or (name.startswith("127.") and name.count(".") == 3) or name.startswith("[0"), host


@given(st.sampled_from(OURS), st.integers(1, 65_535))
def test_any_port_will_do(name: str, port: int) -> None:
    assert called_by_name(name, HOSTS)
    assert called_by_name(f"{name.upper()}:{port}", HOSTS)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_site_is_its_whole_address(origin: str, host: str) -> None:
    assert same_site(f"http://{host}", host)
    assert same_site(origin, host) == (origin.lower() in {f"http://{host}".lower(), f"https://{host}".lower()})
