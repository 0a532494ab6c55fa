"""The digits of a voucher."""

from app.rewards import vouchers

KEY, OTHER_KEY = b"one secret", b"another secret"


def test_a_voucher_is_twelve_digits_that_follow_from_secret_and_nonce() -> None:
    digits = vouchers.digits(KEY, "a" * 32)

    assert len(digits) == 12
    assert digits.isascii()
    assert digits.isdigit()
    assert digits == vouchers.digits(KEY, "a" * 32)
    assert digits != vouchers.digits(KEY, "b" * 32)
    assert digits != vouchers.digits(OTHER_KEY, "a" * 32)


def test_the_database_keeps_what_cannot_be_tried_without_the_secret() -> None:
    digits = vouchers.digits(KEY, "a" * 32)

    assert digits not in vouchers.digest(KEY, digits)
    assert vouchers.digest(KEY, digits) != vouchers.digest(OTHER_KEY, digits)


def test_digits_are_read_out_in_groups_of_four() -> None:
    assert vouchers.grouped("330755186420") == "3307 5518 6420"
