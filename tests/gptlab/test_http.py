import uuid

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["http://[", "//[::", "http://testserver:x/", "\x01", ""])
def test_a_header_that_is_no_address_is_no_error(client, address):
    page = f"/chats/{uuid.uuid4()}/"
    assert client.get(page, headers={"HX-Request": "true", "HX-Current-URL": address}).status_code == 401
    assert client.post("/chats/start/", headers={"Referer": address}).status_code == 401
    assert client.get("/lounge/", headers={"HX-Request": "true", "HX-Current-URL": address}).status_code == 200
