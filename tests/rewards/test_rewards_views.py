"""The pages of rewards, as browsers and scripts see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident
from app.people.rules import Person
from app.rewards import operations, vouchers
from app.rewards.models import Order
from tests import worlds
from tests.makers import NOON, a_household, a_resident, as_person, give, post
from tests.rewards.shop import DRILL, Shop, a_family, a_shop, an_item, available, digits, relative_of, shelf
from tests.statements import statements

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}


class World(worlds.World):
    """A shop with rice, and a family of 100 points."""

    shop: Shop

    def furnish(self) -> None:
        self.shop = a_shop()
        self.rice = an_item(self.shop)
        self.family = a_family(self.shop)

    @property
    def key(self) -> bytes:
        return str(self.app.config["SECRET_KEY"]).encode()

    def reserve(self, item_id: int | None = None, by: Person | None = None) -> tuple[int, str]:
        """An order of the family, made behind the pages: its id and its digits."""
        with self.inside():
            order = operations.reserve(
                item_id or self.rice, merchant_id=self.shop.market, key=self.key, by=by or self.family, at=NOON
            )
            return order.id, digits(order, self.key)

    def orders(self) -> list[tuple[str, int]]:
        with self.inside():
            return [(row.state, row.merchant_id) for row in db.session.execute(select(Order.state, Order.merchant_id))]

    def available(self) -> int:
        with self.inside():
            return available(self.family)

    def shelf(self) -> tuple[int | None, int]:
        with self.inside():
            return shelf(self.rice)


@pytest.fixture
def world(app: Flask, at: Callable[..., Any]) -> World:
    at(NOON)
    return World(app)


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text_of(answer))
    assert found is not None
    return found[1]


def test_everybody_sees_the_catalogue_with_price_and_stock(world: World, client: FlaskClient) -> None:
    english = text_of(client.get("/rewards", headers=ENGLISH))
    chinese = text_of(client.get("/rewards", headers=CHINESE))

    for words in ("Rice, 5 kg", "40 points", "10 left"):
        assert words in english
    for words in ("5公斤大米", "40分", "剩余10件"):
        assert words in chinese
    assert "My orders" not in english


def test_a_family_sees_its_points_above_the_catalogue(world: World) -> None:
    world.reserve()

    page = text_of(world.as_(world.family).get("/rewards"))

    assert "60 points" in page
    assert "Held for orders" in page
    assert "9 left" in page


def test_the_catalogue_has_a_twin_in_json(world: World, client: FlaskClient) -> None:
    answer = client.get("/rewards.json").get_json()

    assert answer["next"] is None
    (rice,) = answer["items"]
    assert rice["name"] == {"zh": "5公斤大米", "en": "Rice, 5 kg"}
    assert (rice["price_points"], rice["left"], rice["limit_per_month"]) == (40, 10, 2)
    one = client.get(f"/rewards/{world.rice}.json").get_json()
    assert one == rice | {"pick_up": one["pick_up"]}


def test_the_catalogue_pages_by_key_and_by_kind(world: World, client: FlaskClient) -> None:
    with world.inside():
        for number in range(25):
            an_item(world.shop, name=Words(en=f"Soap {number}"), category="daily", price=number % 3 + 1)

    first = client.get("/rewards.json").get_json()
    second = client.get(f"/rewards.json?after={first['next']}").get_json()
    prices = [item["price_points"] for item in first["items"] + second["items"]]

    assert len(first["items"]) == 20
    assert second["next"] is None
    assert prices == sorted(prices)
    assert len({item["id"] for item in first["items"] + second["items"]}) == 26
    assert [item["category"] for item in client.get("/rewards.json?category=food").get_json()["items"]] == ["food"]


@pytest.mark.parametrize(
    "question", ["after=x", "after=9~9~9", "place=99999999999", "place=-1", "category='", "place=²"]
)
def test_an_odd_question_to_the_catalogue_is_answered(world: World, client: FlaskClient, question: str) -> None:
    assert client.get(f"/rewards?{question}").status_code == 200


def test_pages_ask_the_database_little(world: World) -> None:
    order_id, _ = world.reserve()
    client, clerk, staff = (world.as_(one) for one in (world.family, world.shop.clerk, world.shop.staff))
    wanted = [
        (client, "/rewards", 6), (client, "/orders", 6), (staff, "/rewards/manage", 6),
        (client, f"/rewards/{world.rice}", 12), (client, f"/orders/{order_id}", 12), (clerk, "/counter", 12),
        (staff, f"/rewards/{world.rice}/stock", 12),
    ]  # fmt: skip

    for browser, path, most in wanted:
        with statements() as sent:
            assert browser.get(path).status_code == 200, path
        assert len(sent) <= most, (path, sent)


def test_reserving_leads_to_the_voucher(world: World) -> None:
    client = world.as_(world.family)
    page = client.get(f"/rewards/{world.rice}")

    answer = post(client, f"/rewards/{world.rice}/reserve", request_id=hidden(page, "request_id"))

    assert answer.status_code == 303
    order = text_of(client.get(answer.location))
    assert "40 points are held" in order
    assert re.search(r"\d{4} \d{4} \d{4}", order)
    assert 'class="qr"' in order
    assert world.available() == 60
    assert "Cancel this reservation" in order


def test_a_name_in_one_language_stands_plainly_in_the_sentences_about_it(world: World) -> None:
    with world.inside():
        tea = an_item(world.shop, name=Words(zh="茶叶<一包>"), price=1)
    client, clerk = world.as_(world.family), world.as_(world.shop.clerk)

    page = client.get(f"/rewards/{tea}")
    order = client.get(post(client, f"/rewards/{tea}/reserve", request_id=hidden(page, "request_id")).location)
    _, voucher = world.reserve(tea)
    post(clerk, "/counter/redeem", voucher=voucher)

    assert "茶叶&lt;一包&gt; is reserved" in text_of(order)
    assert "Handed over: 茶叶&lt;一包&gt;." in text_of(clerk.get("/counter"))


def test_sent_twice_it_is_reserved_once(world: World) -> None:
    client = world.as_(world.family)
    sent = {"request_id": "one-and-the-same", "pick_up": world.shop.market}

    first, second = (post(client, f"/rewards/{world.rice}/reserve", **sent) for _ in range(2))
    other = post(client, f"/rewards/{world.rice}/reserve", **(sent | {"pick_up": world.shop.canteen}))

    assert first.location == second.location
    assert other.status_code in (409, 422)
    assert world.orders() == [("held", world.shop.market)]


def test_htmx_is_led_to_the_voucher_too(world: World) -> None:
    answer = post(world.as_(world.family), f"/rewards/{world.rice}/reserve", htmx=True)

    assert answer.status_code == 200
    assert re.fullmatch(r"/orders/\d+", answer.headers["HX-Redirect"])


def test_a_refusal_comes_back_in_the_box_and_moves_nothing(world: World) -> None:
    with world.inside():
        poor = a_family(world.shop, points_given=1)
    client = world.as_(poor)

    box = post(client, f"/rewards/{world.rice}/reserve", htmx=True)
    page = post(client, f"/rewards/{world.rice}/reserve")

    assert (box.status_code, page.status_code) == (409, 409)
    assert "You are 39 points short" in text_of(box)
    assert text_of(box).lstrip().startswith('<section id="reserve-box"')
    assert "<html" in text_of(page)
    assert world.shelf() == (10, 0)


def test_where_there_are_two_pick_up_points_one_is_chosen_and_kept(world: World) -> None:
    with world.inside():
        oil = an_item(world.shop, merchant_ids=[world.shop.market, world.shop.canteen], price=90, limit_count=1)
    client = world.as_(world.family)
    path = f"/rewards/{oil}/reserve"

    for nothing in ("", "abc", "999", "９"):
        answer = post(client, path, pick_up=nothing)
        assert answer.status_code == 422
        assert "Please choose where to collect it." in text_of(answer)
    assert post(client, path, pick_up=world.shop.canteen).status_code == 303
    refused = post(client, path, pick_up=world.shop.canteen)
    assert refused.status_code == 409
    assert "yours is reached" in text_of(refused)
    assert world.orders() == [("held", world.shop.canteen)]


def test_visitors_and_newcomers_are_told_how_to_come_in(world: World, client: FlaskClient) -> None:
    with world.inside():
        newcomer = as_person(a_resident(a_household(world.shop.street.group), verified=False))

    assert "Sign in to reserve" in text_of(client.get(f"/rewards/{world.rice}", headers=ENGLISH))
    assert "Only verified residents" in text_of(world.as_(newcomer).get(f"/rewards/{world.rice}"))
    assert post(world.as_(newcomer), f"/rewards/{world.rice}/reserve").status_code == 403


def test_an_order_is_the_households_own(world: World) -> None:
    order_id, voucher = world.reserve()
    with world.inside():
        spouse, neighbour = relative_of(world.family), a_family(world.shop)

    assert vouchers.grouped(voucher) in text_of(world.as_(spouse).get(f"/orders/{order_id}"))
    for path in (f"/orders/{order_id}", "/orders/99999"):
        assert world.as_(neighbour).get(path).status_code == 404
        assert post(world.as_(neighbour), f"{path}/cancel").status_code == 404
    assert world.as_(world.shop.staff).get(f"/orders/{order_id}").status_code == 404
    assert world.orders() == [("held", world.shop.market)]


def test_cancelling_frees_points_once(world: World) -> None:
    order_id, voucher = world.reserve()
    client = world.as_(world.family)

    first, second = (post(client, f"/orders/{order_id}/cancel") for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 409)
    assert world.available() == 100
    assert vouchers.grouped(voucher) not in text_of(client.get(f"/orders/{order_id}"))


def test_a_lapsed_order_says_so_before_anything_ran(world: World, at: Callable[..., Any]) -> None:
    order_id, voucher = world.reserve()
    at(NOON + timedelta(days=7))
    client = world.as_(world.family)

    page = text_of(client.get(f"/orders/{order_id}"))

    assert "Lapsed and released" in page
    assert vouchers.grouped(voucher) not in page
    assert "Lapsed and released" in text_of(client.get("/orders"))


def test_the_counter_shows_goods_and_never_people(world: World) -> None:
    _, voucher = world.reserve()
    with world.inside():
        resident = db.session.get(Resident, world.family.id)
        assert resident is not None
        name = resident.family_name + resident.given_name

    answer = post(world.as_(world.shop.clerk), "/counter/look-up", htmx=True, voucher=vouchers.grouped(voucher))

    assert answer.status_code == 200
    assert "Hand over: Rice, 5 kg" in text_of(answer)
    assert "Wednesday" in text_of(answer) or "25 November" in text_of(answer)
    assert name not in text_of(answer)
    assert text_of(answer).lstrip().startswith('<div id="counter-box"')


FULL_WIDTH = str.maketrans("0123456789 ", "０１２３４５６７８９　")


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("form", ["{0}", " {1} "])
def test_a_voucher_may_be_typed_in_many_ways(world: World, form: str, wide: bool) -> None:
    _, voucher = world.reserve()
    typed = form.format(voucher, vouchers.grouped(voucher))

    clerk = world.as_(world.shop.clerk)
    answer = post(clerk, "/counter/look-up", voucher=typed.translate(FULL_WIDTH) if wide else typed)

    assert answer.status_code == 200
    assert "Hand over: Rice, 5 kg" in text_of(answer)


def test_handing_over_happens_once_and_is_counted(world: World) -> None:
    _, voucher = world.reserve()
    client = world.as_(world.shop.clerk)

    first = post(client, "/counter/redeem", voucher=voucher, request_id="press-once")
    till = text_of(client.get("/counter"))
    replay = post(client, "/counter/redeem", voucher=voucher, request_id="press-once")
    again = post(client, "/counter/redeem", voucher=voucher)

    assert (first.status_code, replay.status_code, again.status_code) == (303, 303, 409)
    assert "already handed over: today 12:00" in text_of(again)
    assert voucher in text_of(again)
    assert "Handed over: Rice, 5 kg" in till
    assert re.search(r"Rice, 5 kg</td><td class=\"n\">1</td><td class=\"n\">40</td>", till)
    assert world.orders() == [("posted", world.shop.market)]
    assert world.shelf() == (9, 0)


def test_htmx_gets_the_counter_ready_for_the_next_voucher(world: World) -> None:
    _, voucher = world.reserve()

    answer = post(world.as_(world.shop.clerk), "/counter/redeem", htmx=True, voucher=voucher)

    assert answer.status_code == 200
    assert "data-said" in text_of(answer)
    assert voucher not in text_of(answer)


def test_another_counter_is_told_where_it_is_kept(world: World) -> None:
    _, voucher = world.reserve()

    for path in ("look-up", "redeem"):
        answer = post(world.as_(world.shop.canteen_clerk), f"/counter/{path}", voucher=voucher)
        assert answer.status_code == 409
        assert "This is kept at Market" in text_of(answer)
    assert world.orders() == [("held", world.shop.market)]


def test_staff_of_the_community_may_hand_over_and_residents_may_not(world: World) -> None:
    _, voucher = world.reserve()

    assert post(world.as_(world.family), "/counter/redeem", voucher=voucher).status_code == 403
    assert post(world.as_(world.shop.staff), "/counter/redeem", voucher=voucher).status_code == 303


def test_a_clerk_does_not_serve_the_own_household(world: World) -> None:
    with world.inside():
        drill = an_item(world.shop, name=DRILL, price=0, category="loan")
    _, voucher = world.reserve(drill, by=world.shop.clerk)

    answer = post(world.as_(world.shop.clerk), "/counter/redeem", voucher=voucher)

    assert answer.status_code == 409
    assert "your own household" in text_of(answer)


@pytest.mark.parametrize("typed", ["", "12345", "abcdefghijkl", "1" * 41, "１２３", "<script>"])
def test_what_cannot_be_a_voucher_stays_in_the_field(world: World, typed: str) -> None:
    for path in ("look-up", "redeem"):
        answer = post(world.as_(world.shop.clerk), f"/counter/{path}", voucher=typed)
        assert answer.status_code == 422
    if typed.isascii() and typed.isdigit():
        assert f'value="{typed}"' in text_of(answer)


def test_wrong_vouchers_are_slowed_down_for_that_clerk(world: World) -> None:
    _, voucher = world.reserve()
    client = world.as_(world.shop.clerk)

    answers = [post(client, "/counter/look-up", voucher=f"{number:012d}") for number in range(11)]
    right = post(client, "/counter/redeem", voucher=voucher)

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert right.status_code == 429
    assert right.headers["Retry-After"] == "600"
    assert post(world.as_(world.shop.staff), "/counter/redeem", voucher=voucher).status_code == 303


def test_a_scanned_code_fills_in_the_digits_and_changes_nothing(world: World) -> None:
    _, voucher = world.reserve()

    page = text_of(world.as_(world.shop.clerk).get(f"/counter?voucher={voucher}"))

    assert f'value="{voucher}"' in page
    assert world.orders() == [("held", world.shop.market)]


def test_staff_keep_the_stock_of_their_own_community(world: World) -> None:
    with world.inside():
        stranger = a_resident(a_household(world.shop.street.village_group))
        give("staff", stranger, world.shop.street.village)
        stranger_person = as_person(stranger)
    client, other = world.as_(world.shop.staff), world.as_(stranger_person)

    assert "Rice, 5 kg" in text_of(client.get("/rewards/manage"))
    assert "Rice, 5 kg" not in text_of(other.get("/rewards/manage"))
    for path in ("restock", "withdraw", "put-back"):
        assert post(other, f"/rewards/{world.rice}/{path}", quantity=5).status_code == 404
    assert other.get(f"/rewards/{world.rice}/stock").status_code == 404
    assert world.as_(world.family).get("/rewards/manage").status_code == 403
    assert world.shelf() == (10, 0)


def test_restocking_takes_whole_numbers_and_acts_once(world: World) -> None:
    client = world.as_(world.shop.staff)
    path = f"/rewards/{world.rice}/restock"

    for odd in ("", "0", "-1", "1.5", "1e3", "NaN", "9" * 20, "x"):
        answer = post(client, path, quantity=odd)
        assert answer.status_code == 422, odd
        assert not odd or f'value="{odd}"' in text_of(answer)
    for _ in range(2):
        assert post(client, path, quantity="１２", request_id="came-in-once").status_code == 303
    assert world.shelf() == (22, 0)


def test_what_is_withdrawn_leaves_the_catalogue_but_says_why(world: World, client: FlaskClient) -> None:
    staff, family = world.as_(world.shop.staff), world.as_(world.family)

    assert post(staff, f"/rewards/{world.rice}/withdraw").status_code == 303

    assert client.get(f"/rewards/{world.rice}").status_code == 404
    assert client.get("/rewards.json").get_json()["items"] == []
    answer = post(family, f"/rewards/{world.rice}/reserve")
    assert answer.status_code == 409
    assert "no longer offered" in text_of(answer)
    assert post(staff, f"/rewards/{world.rice}/put-back").status_code == 303
    assert client.get(f"/rewards/{world.rice}").status_code == 200


def test_empty_rooms_say_what_will_stand_there(app: Flask, client: FlaskClient) -> None:
    assert "Nothing can be redeemed here yet" in text_of(client.get("/rewards", headers=ENGLISH))
    assert "还没有可以兑换的东西" in text_of(client.get("/rewards", headers=CHINESE))


def test_no_public_answer_tells_who_reserved(world: World, client: FlaskClient) -> None:
    world.reserve()
    with world.inside():
        people = db.session.execute(select(Resident.given_name)).scalars().all()
        orders = db.session.scalar(select(func.count()).select_from(Order))

    for path in ("/rewards", "/rewards.json", f"/rewards/{world.rice}", f"/rewards/{world.rice}.json"):
        answer = text_of(client.get(path))
        assert not [name for name in people if name in answer]
    assert orders == 1
