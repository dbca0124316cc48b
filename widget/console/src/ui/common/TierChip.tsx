/** The tier as a word and a shape, never colour alone. */
import type { Tier } from '@handraise/protocol';
import { IconFlame, IconSnowflake, IconTemperature } from '@tabler/icons-react';
import css from './common.module.css';

const LOOK = {
  hot: { word: 'Hot', Icon: IconFlame },
  warm: { word: 'Warm', Icon: IconTemperature },
  cold: { word: 'Cold', Icon: IconSnowflake },
} as const satisfies Record<Tier, object>;

export function TierChip({ tier, reason }: { tier: Tier; reason?: string | null }) {
  const { word, Icon } = LOOK[tier];
  return (
    <span className={css.tier} data-tier={tier}>
      <Icon size={13} stroke={2.2} aria-hidden />
      <span className={css.tierWord}>{word}</span>
      {reason ? (
        <span className={css.tierReason} dir="auto">
          · {reason}
        </span>
      ) : null}
    </span>
  );
}
