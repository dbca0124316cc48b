"""Whether a message asks for a person, by its words: the classifier may be unsure, this wish must never be missed. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Text

_PERSON = (
    r"(?:human(?: being)?|person|someone|somebody|any(?:one|body)|agent|representative|rep|operator|colleague|employee|manager|boss"
    r"|supervisor|advis[oe]r|consultant|specialist|expert|salesperson|sales(?: ?(?:team|rep|person|guy|department|people))?"
    r"|support(?: (?:team|agent|person))?|customer (?:service|support|care)|staff(?: member)?|team member"
    r"|member of (?:your )?(?:staff|team)"
    r"|(?:people|guys|employees|colleagues|experts))(?![-\w])"
)
_ANY = r"(?:(?:an?|the|your|one of your|some|any|another|actual|real|live|human|senior|proper|sales|support|flesh-and-blood)\s+){0,4}"
_TIME = r"(?:back|now|asap|at|on|under|tomorrow|today|later|please|pls|plz|when|if|in|after|before|urgently|directly|\+?\d|00)"
_BEGIN = r"(?:^|[.,!?;]\s*|\b(?:please|pls|plz|and|just|someone|somebody|anyone|one|colleague|to|can you|could you)\s+)"
_WISHES = (
    rf"\b(?:talk|speak|chat|conversation|connect(?:ed)?|in touch)\s+(?:to|with)\s+{_ANY}{_PERSON}",
    rf"\b(?:get|give|gimme|find|fetch|bring|put|connect|transfer|pass|hand)\s+me\s+(?:on |over |through |up )?(?:to |with )?"
    rf"(?:an?|the|your|one of your|some)\s+{_ANY}{_PERSON}",
    r"\b(?:i|we)(?:'d)?\s*(?:would |just |really |only |rather )*(?:want|need|like|prefer|have)\s+(?:an?|some|the)?\s*"
    r"(?:(?:real|live|actual)\s+)?(?:human|person|representative|operator|someone|somebody)(?![-\w])(?!\s+(?:for|who|that|to (?:do|run)))",
    rf"^\W*(?:an? |the )?(?:real |live |actual |human )*(?:{_PERSON}|human support|real people)"
    r"(?:\W+(?:please|pls|plz|now|here|asap|bitte))*\W*$",
    rf"{_BEGIN}(?:call|ring|phone|telephone)\s+(?:me|us)(?:\s+{_TIME}.*)?\W*$",
    r"\b(?:someone|somebody|anyone|colleague|person)\s+(?:\w+\s+)?(?:call|ring|phone|contact)\s+(?:me|us)\b(?!\s+an?\b)",
    r"\b(?:give (?:me|us) a (?:call|ring)|call ?back (?:please|request)|request a call ?back)\b|^\W*call ?back\W*$",
    r"^\W*(?:please\s+)?(?:put|transfer|connect) me(?: through| over)?(?:\s+please)?\W*$",
    r"^\W*(?:no|not a)\s+(?:more )?(?:ro)?bots?\b",
    r"\b(?:some(?:one|body)|any(?:one|body)|person|human)\s+(?:with a pulse|(?:made )?of flesh and blood|alive)\b",
    r"\b(?:mit|zu)\s+(?:\w+\s+){0,3}(?:mensch(?:en)?|mitarbeiter(?:in)?|person|berater(?:in)?|kollegen|vertrieb|jemand(?:em)?|support)"
    r"\s+(?:\w+\s+)?(?:sprechen|reden|chatten|verbinden|telefonieren)\b",
    r"\bruf(?:en sie|t|e)?\s+mich\b|\bmich\s+(?:\w+\s+){0,2}(?:zuruck)?(?:an)?(?:zu)?rufen\b|\bverbinden sie mich\b|\bruckruf\b",
    r"\b(?:parler|discuter)\s+(?:a|avec)\s+(?:quelqu'?un"
    r"|une? (?:humain|personne|conseill\w+|agent|vrai\w*|commercial\w*|collegue|responsable))",
    r"\b(?:rappelez|appelez|contactez)[- ]moi\b(?! [a-z]+\W*$)|\bqu'on me (?:rappelle|contacte|appelle)\b|\bme rappeler\b",
    r"\bhablar\s+con\s+(?:una?\s+)?(?:persona|human[oa]|agente|alguien|asesora?|representante|comercial|operador)",
    r"^\W*llam[ae]n?me(?:\s+(?:por favor|ahora|ya|al?\b.*|\+?\d.*))?\W*$|\bque me llamen?\b",
)
_SHORTHAND = (  # as thumbs write it
    (re.compile(r"\b(?:sum|some) ?1\b|\b(?:smb|sby|sbdy)\b"), "someone"),
    (re.compile(r"\bany ?1\b"), "anyone"),
    (re.compile(r"\b(talk|speak|chat|spk|tlk) (?:2|w|w/)(?= )"), r"\1 to"),
    (re.compile(r"\b(?:spk|tlk)\b"), "talk"),
    (re.compile(r"\bhooman\b|\bhumn\b|\bhumna\b"), "human"),
    (re.compile(r"\bppl\b"), "people"),
    (re.compile(r"\b(?:wanna|wana)\b"), "want to"),
)
_ASKS = re.compile("|".join(f"(?:{wish})" for wish in _WISHES))
_OF_OTHERS = re.compile(  # about the product, about the bot, or refused
    r"\b(?:customers?|visitors?|users?|clients?|they|does (?:it|the)|can (?:it|the)|(?:am|do|did|are|was) (?:i|you|we)|is (?:this|it|that)"
    r"|don't (?:want|need)|do not (?:want|need)|not (?:want|need)|never|no need|already|nicht|pas|kunden|clientes)\b"
)


_NOBODYS = (
    r"\b(?:do not|don't|dont|not|never) (?:want|wish|like|need)(?: to)? be (?:called|phoned|rung|telephoned)"
    r"(?: back| up)?(?=\W*$|[.,;!]| by\b)",
    r"(?<!why )\b(?:do not|don't|dont|never|nobody (?:has|needs|should)(?: to)?|no need (?:for \w+ )?to|not to) (?:\w+ )?"
    r"(?:call|ring|phone|telephone)(?: me| us| anyone| anybody| your| a colleague)?\b(?! it| this| that| them|s)",
    r"\b(?:do not|don't|dont|didn't|not) (?:want|need|wish|like|ask)(?: to)? (?:(?:talk|speak|chat|be called|get) )?(?:to |with |for )?"
    rf"(?:{_ANY}{_PERSON}|(?:a |any )?(?:sales )?(?:phone )?calls?)\b",
    r"^\W*(?:please |pls )?(?:no|without)\s+(?:\w+ )?(?:more )?"
    r"(?:humans?|calls?|phone calls?|call ?backs?|sales ?(?:calls?|people|persons?|reps?|talk)?)"
    r"(?: please| pls| thanks| thank you)?\W*$",
    r"\b(?:do not|don't|dont|never|not) (?:have|let|get|make) (?:any(?:one|body)|some(?:one|body)|(?:your|a|the) \w+) (?:to )?"
    r"(?:call|ring|phone|telephone|contact)\b",
    r"\b(?:niemand|keiner) (?:\w+ )?(?:mich |uns )?(?:zuruck|an)(?:zu)?rufen\b|\b(?:muss|soll|braucht) (?:mich|uns) (?:niemand|keiner)\b",
    r"\bpas (?:besoin|necessaire) qu'on (?:me|m'|nous) ?(?:re|r)?appel\w+|\bpas besoin de (?:me|m'|nous) ?(?:re|r)?appeler\b",
    r"\bno (?:hace falta|es necesario|necesito|necesitamos|quiero|queremos) que (?:nadie )?(?:me|nos) (?:llam|telefone|contact)\w+",
    r"\b(?:nicht|keinesfalls|niemals) (?:zuruck)?(?:anrufen|telefonieren)\b|\bruf(?:en sie|t|e)? mich (?:bitte )?nicht\b",
    r"\bkein(?:en?)? (?:ruckruf|anrufe?|mitarbeiter|menschen)\b|\bmit niemande[mn] (?:sprechen|reden)\b",
    r"\bne (?:m'|me )?(?:appelez|rappelez|telephonez)|\bpas d'appels?\b|\bparler a personne\b",
    r"\bno (?:me|nos) (?:llam|telefone)\w+|\bsin llamadas\b|\bno quiero (?:hablar con (?:nadie|una persona)|que me llamen)\b",
)
_NOBODY = re.compile("|".join(f"(?:{words})" for words in _NOBODYS))


def wants_nobody(text: Text) -> bool:
    """Whether words of the message say that nobody is to be called: the classifier sees "call me" in "don't call me"."""
    return bool(_NOBODY.search(_plain(text)))


def asks_for_person(text: Text) -> bool:
    """Whether words of the message ask to talk to, or to be called by, a person."""
    plain = _plain(text)
    for match in _ASKS.finditer(plain):
        before = re.split(r"[.!?;\n,]", plain[: match.start() + 1])[-1]
        if not _OF_OTHERS.search(before) and not _OF_OTHERS.match(match[0]):
            return True
    return False


def _plain(text: Text) -> Text:
    plain = unicodedata.normalize("NFKD", text[:2000].lower().replace("\u2019", "'"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    for short, long in _SHORTHAND:
        plain = short.sub(long, plain)
    return plain
