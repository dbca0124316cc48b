"""What the verbs of the audit log have in common: something was seen, changed, exported or erased, or it is about who may come in. Pure."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, frozenset[str]] = {
    "viewing": frozenset({"leads_listed", "lead_viewed", "conversation_viewed", "person_sought", "audit_viewed"}),
    "change": frozenset({"corrected", "consent_withdrawn", "restored", "reencrypted"}),
    "export": frozenset({"leads_exported", "corrections_exported", "person_exported", "audit_exported", "backed_up"}),
    "erasure": frozenset({"erased", "retention", "audit_cut"}),
    "access": frozenset(
        {
            *(
                "signed_in",
                "agent_added",
                "agent_invited",
                "agent_role_changed",
                "agent_renamed",
                "agent_switched_on",
                "agent_switched_off",
            ),
            *("oidc_bound", "password_chosen", "password_changed", "reset_link_made", "token_made", "token_removed"),
            *("second_factor_on", "second_factor_off", "recovery_codes_made", "recovery_code_used"),
        }
    ),
}
