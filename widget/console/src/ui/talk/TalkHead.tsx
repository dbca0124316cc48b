/** Above the conversation: who it is, whether they are there, and the way to the lead card. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconLayoutSidebarRightExpand } from '@tabler/icons-react';
import { displayName } from '../../core/names.ts';
import { Face } from '../common/Face.tsx';
import { TierChip } from '../common/TierChip.tsx';
import { useDeskState } from '../context.tsx';
import { go, toInbox, useIsPhone, useIsWide } from '../hooks.ts';
import css from './talk.module.css';

export function TalkHead({ id }: { id: string }) {
  const row = useDeskState((state) => state.inbox[id]);
  const lead = useDeskState((state) => state.talks[id]?.lead);
  const phone = useIsPhone();
  const wide = useIsWide();
  const name = lead?.name ?? row?.name ?? null;
  const tier = lead?.tier ?? row?.lead?.tier;
  const company = lead?.company ?? row?.company;
  return (
    <header className={css.head}>
      {phone ? (
        <ActionIcon size={44} aria-label="Back to the inbox" onClick={() => go(toInbox(null))}>
          <IconArrowLeft size={22} className="flip" />
        </ActionIcon>
      ) : null}
      <Face name={name} kind="visitor" online={row?.visitor_online} />
      <div className={css.headNames}>
        <h1 className={css.headName}>
          <bdi>{displayName({ name, company, conversation_id: id })}</bdi>
        </h1>
        <p className={css.headSub}>
          {row ? (row.visitor_online ? 'On your site now' : 'Has left the site') : ' '}
          {company && name ? (
            <>
              {' · '}
              <bdi>{company}</bdi>
            </>
          ) : null}
        </p>
      </div>
      {tier && wide ? <TierChip tier={tier} /> : null}
      {wide ? null : (
        <Tooltip label="Show the lead">
          <Button
            aria-label={tier ? `Show the lead, ${tier}` : 'Show the lead'}
            variant="default"
            size="compact-md"
            onClick={() => go(toInbox(id, 'lead'))}
            rightSection={<IconLayoutSidebarRightExpand size={16} className="flip" />}
            className={css.leadButton}
          >
            {tier ? <TierChip tier={tier} /> : 'Lead'}
          </Button>
        </Tooltip>
      )}
    </header>
  );
}
