"""National codes and bank cards by their definitions, for src/analysis/history/personal/tests.rs.

    python3 tests/golden/personal_codes.py > tests/golden/personal_codes.json

A national code of Iran: with s the sum of the first nine digits times 10, 9, ..., 2, and its rest modulo 11, the last
digit is the rest where that is 0 or 1, and completes it to 11 else; ten equal digits are no code. A card: Luhn's sum of sixteen
digits, doubled digits added digit by digit. No packages are needed.
"""
import hashlib
import hmac
import json
import random


def is_national_code(code):
    if len(set(code)) == 1:
        return False
    digits = [int(digit) for digit in code]
    total = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1)))
    check = digits[9]
    rest = total % 11
    return rest == check if rest < 2 else (rest + check) % 11 == 0


def is_card(card):
    total = 0
    for place, digit in enumerate(reversed(card)):
        total += sum(map(int, str(int(digit) * (1 + place % 2))))
    return total % 10 == 0


def main():
    random.seed(1404)
    codes = [f"{random.randrange(10**10):010d}" for _ in range(3000)] + [str(digit) * 10 for digit in range(10)]
    cards = [f"{random.randrange(10**16):016d}" for _ in range(1000)]
    key = bytes(range(32))
    hashed = {text: hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] for text in ["", "09121234567", "زهرا"]}
    print(
        json.dumps(
            {
                "codes": {code: is_national_code(code) for code in codes},
                "cards": {card: is_card(card) for card in cards},
                "hashes_with_key_0_to_31": hashed,
            },
            ensure_ascii=False,
        )
    )


main()
