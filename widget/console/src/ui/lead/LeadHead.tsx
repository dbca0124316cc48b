/** Who the lead is and how to reach them. */
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import type { LeadCard } from '@handraise/protocol';
import { IconBuilding, IconCheck, IconCopy, IconMail, IconPhone, IconShieldCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { mailto } from '../../core/format.ts';
import { displayName } from '../../core/names.ts';
import { Face } from '../common/Face.tsx';
import { Stage } from './Stage.tsx';
import css from './lead.module.css';

export function LeadHead({ lead }: { lead: LeadCard }) {
  const phone = lead.answers.find((answer) => answer.slot === 'phone' && answer.status === 'known')?.text;
  return (
    <section className={css.section}>
      <div className={css.who}>
        <Face name={lead.name} kind="visitor" size={44} />
        <div className={css.whoNames}>
          <h2 className={css.name}>
            <bdi>{displayName(lead)}</bdi>
          </h2>
          <span className={css.chips}>
            <Stage stage={lead.stage} reason={lead.stage_reason} />
            {lead.segment ? (
              <span className={css.segment}>
                <span className="sr">Segment: </span>
                <bdi>{lead.segment}</bdi>
              </span>
            ) : null}
          </span>
        </div>
      </div>
      {lead.stage_reason ? (
        <p className={css.why}>
          <bdi>{lead.stage_reason}</bdi>
        </p>
      ) : null}
      <ul className={css.contact}>
        {lead.company ? <Contact icon={<IconBuilding size={16} stroke={1.7} />} text={lead.company} /> : null}
        {lead.email ? (
          <Contact icon={<IconMail size={16} stroke={1.7} />} text={lead.email} href={mailto(lead.email)} copy="Copy e-mail" />
        ) : (
          <li className="quiet">No e-mail address yet</li>
        )}
        {phone ? (
          <Contact
            icon={<IconPhone size={16} stroke={1.7} />}
            text={phone}
            href={`tel:${phone.replace(/[^+\d]/g, '')}`}
            copy="Copy number"
          />
        ) : null}
      </ul>
      {lead.identity ? <Verified identity={lead.identity} /> : null}
    </section>
  );
}

/** What the site's own server has signed; everything else on the card is only what the visitor said. */
function Verified({ identity }: { identity: NonNullable<LeadCard['identity']> }) {
  const { name, email, company, user_id } = identity;
  return (
    <div className={css.verified} role="group" aria-label="Verified by the site">
      <p className={css.verifiedTitle}>
        <IconShieldCheck size={16} stroke={1.7} aria-hidden />
        Verified: logged in on the site
      </p>
      <ul className={css.verifiedClaims}>
        {[name, email, company, `User ${user_id}`].filter(Boolean).map((claim) => (
          <li key={claim} dir="auto">
            {claim}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Contact({ icon, text, href, copy }: { icon: ReactNode; text: string; href?: string; copy?: string }) {
  return (
    <li className={css.contactRow}>
      {icon}
      <span className={css.contactText} dir="auto">
        {href ? <a href={href}>{text}</a> : text}
      </span>
      {copy ? (
        <CopyButton value={text} timeout={1500}>
          {({ copied, copy: doCopy }) => (
            <Tooltip label={copied ? 'Copied' : copy}>
              <ActionIcon size={28} aria-label={copied ? 'Copied' : copy} onClick={doCopy}>
                {copied ? <IconCheck size={16} color="var(--hr-green-text)" /> : <IconCopy size={16} stroke={1.7} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      ) : null}
    </li>
  );
}
