"""Where in a part of a message a name may begin: behind greetings, behind what announces one, and not where somebody else is spoken of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leads.reading.name_cut import Word, listed, phrases_of
from leads.reading.name_others import is_place
from leads.reading.name_words import is_given, is_title, is_word

_SLIP_WORDS, _SLIPS = 4, 2
BUT = "but"  # what stands for the break before such a word


def opened(said: Sequence[Word]) -> tuple[int, int, bool, bool]:
    """Where the answer itself begins: behind greetings and what announces a name. Also how strongly it is announced, whether denied."""
    place, cue, denied, greeted = 0, 0, False, False
    for turn in range(8):
        if place >= len(said):
            break
        if said[place].low in listed("but") and place + 1 < len(said):
            place += 1
            continue
        if said[place].low in listed("origin") and place + 1 < len(said):
            origin = cue > 0 or turn > 1 or not is_given(said[place + 1].low) or is_place(said[place + 1 :])
            return place + 1, cue, origin, greeted
        if (step := phrases_of("not").at(said, place)) and not (said[0].stop == BUT and place == 0):
            after = place + step
            if after < len(said) and not _cue_at(said, after)[0] and not phrases_of("fillers").at(said, after):
                return after, cue, True, greeted
        step, strength = _cue_at(said, place)
        filler = phrases_of("fillers").at(said, place)
        if step and step >= filler:
            place, cue = _behind_kin(said, _between(said, place + step)), max(cue, strength)
        elif place == 0 and said[0].low in listed("article_names") and len(said) > 1 and said[1].capital and is_given(said[1].low):
            place += 1
        elif filler and (place + filler < len(said) or filler == len(said)):
            place, greeted = place + filler, True
        else:
            break
    return place, cue, denied, greeted


def _slip_at(said: Sequence[Word]) -> int:
    """How many words at the beginning are "my name is" with a slip; one of them is no word at all."""
    joined, strange = "", False
    for count, word in enumerate(said[:_SLIP_WORDS], 1):
        joined += word.low.replace("'", "")
        strange = strange or not (is_word(word.low) or is_given(word.low))
        if count < len(said) and (joined in listed("slips") or (strange and any(_is_near(joined, cue) for cue in listed("slips")))):
            return count
    return 0


def _is_near(one: str, other: str) -> bool:
    """Whether two rows of letters differ by two at most: letters left out, put in or changed."""
    if one[:1] != other[:1] or abs(len(one) - len(other)) > _SLIPS:
        return False
    row = list(range(len(other) + 1))
    for index, sign in enumerate(one, 1):
        before, row[0] = row[0], index
        for k, known in enumerate(other, 1):
            before, row[k] = row[k], min(row[k] + 1, row[k - 1] + 1, before + (sign != known))
    return row[-1] <= _SLIPS


def _behind_kin(said: Sequence[Word], place: int) -> int:
    """ "I'm her son Liam": behind whose what the visitor is."""
    if place + 2 < len(said) and said[place].low in listed("possessives") and said[place + 1].low in listed("people"):
        return place + 2
    return place


def _cue_at(said: Sequence[Word], place: int) -> tuple[int, int]:
    """How many words announce a name here, and how strongly."""
    strong, weak = phrases_of("cues").at(said, place), phrases_of("am").at(said, place)
    strong = strong or (_slip_at(said) if place == 0 else 0)
    return (strong, 2) if strong and strong >= weak else (weak, 1 if weak else 0)


def _between(said: Sequence[Word], place: int) -> int:
    """Behind "just", "einfach" and articles, as long as something follows."""
    while place + 1 < len(said) and (step := phrases_of("between").at(said, place)) and place + step < len(said):
        if said[place].text[0].isupper() and said[place].low not in ("d'",):
            break
        place += step
    return place


def places_of_names(said: Sequence[Word], start: int, cue: int) -> Iterator[tuple[int, int]]:
    """Where a name may begin: at the beginning, and behind whatever announces one later."""
    if start < len(said):
        yield start, cue
    place, denied = start + 1, False
    while place < len(said) and not denied:
        step, strength = _cue_at(said, place)
        own = said[place].low in listed("own_cues")
        if step and place + step < len(said) and (own or (strength > 1 and (step > 1 or said[place].low in listed("breaks")))):
            after = _between(said, place + step)
            yield after, strength
            place = after
        denied = said[place - 1].low in listed("denies") or "n't" in said[place - 1].low
        place += 1


def _calls_me(said: Sequence[Word], place: int) -> bool:
    """ "My parents named me Theodore"."""
    for at in range(place + 1, min(place + 5, len(said))):
        step = phrases_of("cues").at(said, at)
        if step and any(word.low in listed("me") for word in said[at : at + step]):
            return True
    return False


def announced_behind(said: Sequence[Word], start: int) -> bool:
    """ "Gaz here", "Weber mein Name"."""
    return any(
        phrases_of("behind").at(said, place) and phrases_of("closes").whole(said, place)
        for place in range(start + 1, min(len(said), start + 5))
    )


def blocked_from(said: Sequence[Word], start: int, cue: int) -> int:
    """From which word on a segment speaks of somebody else: "my boss …", "I talked to …"."""
    for place in range(start, len(said)):
        if phrases_of("of_others").at(said, place) or (said[place].low in listed("former") and not cue):
            return place
        if said[place].low in listed("possessives") and any(word.low in listed("people") for word in said[place + 1 : place + 4]):
            article = cue and place <= start and said[place].low in listed("articles")
            if not article and not _calls_me(said, place) and not is_title(said[min(place + 1, len(said) - 1)], ""):
                return place
    return len(said)
