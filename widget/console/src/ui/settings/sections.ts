/** The places of the settings, and what one must be allowed to see each. */
import { IconHistory, IconKey, IconUser, IconUsersGroup } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Permission } from '../../core/permissions.ts';
import { Audit } from './audit/Audit.tsx';
import { People } from './People.tsx';
import { Tokens } from './Tokens.tsx';
import { You } from './You.tsx';

export interface Section {
  id: string;
  name: string;
  Icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>;
  needs: Permission;
  Page: ComponentType;
}

export const SECTIONS: readonly Section[] = [
  { id: 'you', name: 'You', Icon: IconUser, needs: 'own', Page: You },
  { id: 'people', name: 'People', Icon: IconUsersGroup, needs: 'people:manage', Page: People },
  { id: 'tokens', name: 'API tokens', Icon: IconKey, needs: 'people:manage', Page: Tokens },
  { id: 'audit', name: 'Audit log', Icon: IconHistory, needs: 'people:manage', Page: Audit },
];
