import pytest
from django.core.exceptions import ImproperlyConfigured

from gptlab.llm import catalog

URL = "http://127.0.0.1:11434/v1"


@pytest.fixture
def own_file(settings, tmp_path):
    """Writes the operator's file."""

    def write(text):
        path = tmp_path / f"models-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(text)
        settings.MODELS_FILE = str(path)

    return write


@pytest.fixture
def real_openai(settings):
    settings.OPENAI_BASE_URL = "https://api.openai.com/v1/"


def test_providers_are_the_operators_list(settings):
    settings.OPENAI_BASE_URL = "https://api.openai.com/v1/"
    settings.KEYLESS_SERVERS = [f"Attic box = {URL}/", f"vLLM={URL}"]
    settings.DEMO_BASE_URL = "http://127.0.0.1:9000/v1"
    assert [(known.id, known.name, known.base_url) for known in catalog.providers()] == [
        ("openai", "OpenAI", "https://api.openai.com/v1"),
        ("attic-box", "Attic box", URL),
        ("vllm", "vLLM", URL),
        ("demo", "Demo", "http://127.0.0.1:9000/v1"),
    ]


def test_demo_is_there_only_when_it_runs(settings):
    settings.DEMO_BASE_URL = ""
    with pytest.raises(catalog.UnknownProvider):
        catalog.provider("demo")


def test_keys_look_different_everywhere(settings):
    settings.DEMO_BASE_URL = URL
    assert [(known.key_prefix, known.keyless, known.accepts_any_key, known.sends_key) for known in catalog.providers()] == [
        ("sk-", False, False, True),
        ("lab-", True, True, False),
        ("demo-", True, True, True),
    ]
    assert catalog.provider("openai").key_help_url.startswith("https://")


@pytest.mark.parametrize("entry", ["Attic", "=http://x/v1", "!!=http://x/v1", "Attic=ftp://x", "Attic=", "Attic=x:1/v1"])
def test_server_that_makes_no_sense_is_refused(settings, entry):
    settings.KEYLESS_SERVERS = [entry]
    with pytest.raises(ImproperlyConfigured, match="KEYLESS_SERVERS"):
        catalog.providers()


@pytest.mark.parametrize("names", [("Attic", "attic"), ("OpenAI",), ("Demo",)])
def test_two_providers_of_one_name_are_refused(settings, names):
    settings.DEMO_BASE_URL = URL
    settings.KEYLESS_SERVERS = [f"{name}={URL}" for name in names]
    with pytest.raises(ImproperlyConfigured, match="same name"):
        catalog.providers()


@pytest.mark.parametrize(
    ("name", "window", "reasoning"),
    [
        ("gpt-6.1-terra", 1_050_000, True),
        ("gpt-5.4-mini-2026-03-17", 400_000, True),
        ("gpt-4o-mini", 128_000, False),
        ("gpt-4o-2024-08-06", 128_000, False),
        ("ft:gpt-4o-mini-2024-07-18:org:name:id", 128_000, False),
        ("o3-2025-04-16", 200_000, True),
        ("gpt-9", 128_000, True),
    ],
)
def test_model_is_known_by_its_own_name_or_that_of_its_base(name, window, reasoning):
    info = catalog.model("openai", name)
    assert info.context_window == window
    assert info.reasoning is reasoning
    assert bool(info.parameters) is not reasoning
    assert info.max_tokens_name == "max_completion_tokens"


def test_unknown_local_model_is_thought_small():
    info = catalog.model("attic-box", "llama3.2")
    assert (info.context_window, info.max_tokens_name, info.reasoning, info.endpoint) == (8_192, "max_tokens", False, "chat")
    assert info.parameters == catalog.SAMPLING_PARAMETERS


def test_every_shipped_model_holds_its_own_reply():
    assert len(catalog.known_models()) > 30
    for provider_id, name in catalog.known_models():
        info = catalog.model(provider_id, name)
        assert info.max_output is not None
        assert info.max_output <= info.context_window
        assert info.input_budget(10**6) >= info.context_window // 2


@pytest.mark.parametrize(
    ("fields", "max_tokens", "limit"),
    [
        ({"context_window": 8192}, 1000, 1000),
        ({"context_window": 8192}, 8000, 4096),
        ({"context_window": 8192}, None, 2048),
        ({"context_window": 128_000, "max_output": 16_384}, 100_000, 16_384),
        ({"context_window": 128_000, "max_output": 16_384}, None, 16_384),
        ({"context_window": 400_000, "max_output": 128_000, "reasoning": True}, 500, 25_500),
        ({"context_window": 8192, "max_output": 8192}, 8192, 4096),
    ],
)
def test_reply_leaves_room_for_what_is_asked(fields, max_tokens, limit):
    info = catalog.ModelInfo("m", **fields)
    assert info.reply_limit(max_tokens) == limit
    assert info.input_budget(max_tokens) == fields["context_window"] - limit


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("gpt-6-luna", "o200k_base"), ("gpt-4", "cl100k_base"), ("gpt-3.5-turbo", "cl100k_base"), ("llama3.2", "unknown")],
)
def test_encoding_follows_the_model(name, encoding):
    provider_id = "attic-box" if name == "llama3.2" else "openai"
    assert catalog.model(provider_id, name).encoding == encoding


def test_openai_s_models_that_cannot_chat_are_left_out(real_openai):
    listed = ["whisper-1", "gpt-6-luna", "text-embedding-3-small", "gpt-4o-2024-08-06", "gpt-6-luna", "gpt-image-2"]
    assert catalog.usable("openai", listed) == ["gpt-4o-2024-08-06", "gpt-6-luna"]


def test_other_servers_list_what_they_have(settings):
    assert catalog.usable("attic-box", ["b", "a", "b"]) == ["a", "b"]
    assert catalog.usable("openai", ["behind-a-gateway"]) == ["behind-a-gateway"]


def test_offer_has_the_table_s_order_and_no_doubles():
    allowed = ["gpt-4o", "gpt-4o-2024-08-06", "gpt-5", "gpt-6-luna", "gpt-6.1-terra", "of-a-gateway"]
    assert catalog.offered("openai", allowed) == ["gpt-6.1-terra", "gpt-6-luna", "gpt-4o", "of-a-gateway"]


def test_offer_of_a_keyless_server_is_its_list():
    assert catalog.offered("attic-box", ["b", "a"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("wanted", "allowed", "chosen"),
    [
        ("gpt-4o", ["gpt-4o", "gpt-6-luna"], "gpt-4o"),
        ("gpt-5", ["gpt-5", "gpt-6-luna"], "gpt-5"),  # not offered any more, but the assistant was made for it
        ("gpt-7", ["gpt-4o", "gpt-6-luna"], "gpt-6-luna"),
        ("gpt-7", ["gpt-5"], "gpt-5"),
        ("", ["gpt-4o"], "gpt-4o"),
        ("gpt-7", [], "gpt-7"),
    ],
)
def test_choice_is_the_wanted_model_or_the_best_offer(wanted, allowed, chosen):
    assert catalog.choose("openai", wanted, allowed) == chosen


def test_operator_s_own_file_comes_first(settings, tmp_path):
    own = tmp_path / "models.toml"
    own.write_text(
        '[openai."gpt-6-luna"]\ncontext_window = 5000\nreasoning = true\n'
        '[openai."gpt-6.1-terra"]\ncontext_window = 1\noffered = false\n'
        '[attic-box."llama3.2"]\ncontext_window = 32768\nparameters = ["temperature"]\nmax_tokens_name = "most"\n'
    )
    settings.MODELS_FILE = str(own)
    assert catalog.model("openai", "gpt-6-luna").context_window == 5000
    assert catalog.model("openai", "gpt-4o").context_window == 128_000
    assert catalog.offered("openai", ["gpt-4o", "gpt-6.1-terra", "gpt-6-luna"]) == ["gpt-6-luna", "gpt-4o"]
    info = catalog.model("attic-box", "llama3.2")
    assert (info.context_window, info.parameters, info.max_tokens_name) == (32_768, frozenset({"temperature"}), "most")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[openai", ""),
        ("openai = 1", ""),
        ("[openai]\nx = 1", ""),
        ("[openai.x]\nwindow = 1", "'window'"),
        ('[openai.x]\ncontext_window = "big"', "context_window"),
        ("[openai.x]\ncontext_window = 0", "context_window"),
        ("[openai.x]\nmax_output = true", "max_output"),
        ("[openai.x]\noffered = 1", "offered"),
        ('[openai.x]\nendpoint = "completion"', "chat, responses, completions"),
        ('[openai.x]\nencoding = "r50k"', "cl100k_base"),
        ('[openai.x]\nparameters = ["top_k"]', "top_k"),
        ("[openai.x]\nparameters = [[1]]", ""),
    ],
)
def test_file_that_makes_no_sense_is_refused(settings, own_file, text, named):
    own_file(text)
    with pytest.raises(ImproperlyConfigured, match="MODELS_FILE") as caught:
        catalog.model("openai", "gpt-4o")
    assert named in str(caught.value)


def test_pattern_speaks_of_all_models_that_fit_it(own_file):
    own_file(
        '[attic-box."*"]\ncontext_window = 32_768\n'
        '[attic-box."qwen*"]\ncontext_window = 65_536\nreasoning = true\n'
        '[attic-box."qwen-base"]\nendpoint = "completions"\nreasoning = false\n'
    )
    small, large, base = (catalog.model("attic-box", name) for name in ("llama3.2", "qwen3:8b", "qwen-base"))
    assert (small.context_window, small.reasoning, small.endpoint) == (32_768, False, "chat")
    assert (large.context_window, large.reasoning, large.parameters) == (65_536, True, frozenset())
    assert (base.context_window, base.reasoning, base.endpoint) == (65_536, False, "completions")
    assert catalog.offered("attic-box", ["llama3.2", "qwen3:8b"]) == ["llama3.2", "qwen3:8b"]


def test_own_file_changes_one_fact_and_leaves_the_others(own_file):
    own_file('[openai."gpt-4o"]\noffered = false\n[openai."*"]\nmax_output = 2000\n')
    info = catalog.model("openai", "gpt-4o")
    assert (info.context_window, info.max_output, info.offered, info.reasoning) == (128_000, 2000, False, False)
    assert catalog.model("openai", "gpt-6-luna").reasoning


def test_operator_can_keep_models_out_of_the_offer(own_file):
    own_file('[openai."gpt-6*"]\noffered = false\n')
    assert catalog.offered("openai", ["gpt-4o", "gpt-6-luna", "gpt-6.1-terra"]) == ["gpt-4o"]
    assert catalog.choose("openai", "gpt-6-luna", ["gpt-4o", "gpt-6-luna"]) == "gpt-6-luna"  # it was chosen before
    assert catalog.choose("openai", "gpt-7", ["gpt-6-luna", "gpt-4o"]) == "gpt-4o"


@pytest.mark.parametrize("provider_id", ["openai", "attic-box"])
def test_operator_can_allow_the_listed_models_and_no_other(own_file, provider_id):
    own_file(f'[{provider_id}."*"]\nallowed = false\n[{provider_id}."gpt-4o"]\nallowed = true\n')
    assert catalog.usable(provider_id, ["gpt-4o", "gpt-6-luna", "llama3.2"]) == ["gpt-4o"]
    assert catalog.offered(provider_id, ["gpt-6-luna", "llama3.2", "gpt-4o"]) == ["gpt-4o"]
    assert catalog.choose(provider_id, "gpt-6-luna", ["gpt-6-luna", "gpt-4o"]) == "gpt-4o"


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("gpt-6-luna", "responses"),
        ("gpt-5.4-mini-2026-03-17", "responses"),
        ("gpt-4o-mini", "chat"),
        ("gpt-3.5-turbo", "chat"),
        ("gpt-3.5-turbo-instruct", "completions"),
        ("davinci-002", "completions"),
        ("ft:davinci-002:org::id", "completions"),
        ("gpt-9", "chat"),
    ],
)
def test_endpoint_follows_the_model(real_openai, name, endpoint):
    assert catalog.model("openai", name).endpoint == endpoint


def test_what_stands_in_openai_s_place_is_asked_over_chat(settings, own_file):
    assert catalog.model("openai", "gpt-6-luna").endpoint == "chat"
    assert catalog.model("openai", "davinci-002").endpoint == "completions"
    own_file('[openai."gpt-6*"]\nendpoint = "responses"\n')
    assert catalog.model("openai", "gpt-6-luna").endpoint == "responses"


def test_models_of_the_legacy_endpoint_are_not_offered():
    assert catalog.offered("openai", ["davinci-002", "gpt-3.5-turbo-instruct", "gpt-4o"]) == ["gpt-4o"]


def test_file_that_is_not_there_is_refused(settings, tmp_path):
    settings.MODELS_FILE = str(tmp_path / "nowhere.toml")
    with pytest.raises(ImproperlyConfigured, match="MODELS_FILE"):
        catalog.model("openai", "gpt-4o")
