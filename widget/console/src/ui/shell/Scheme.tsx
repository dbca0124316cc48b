/** Light, dark, or as the system: one line that goes through the three. */
import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { MeItem } from './MeItem.tsx';

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' };
const LOOK = {
  auto: { name: 'Colours: as the system', Icon: IconDeviceDesktop },
  light: { name: 'Colours: light', Icon: IconSun },
  dark: { name: 'Colours: dark', Icon: IconMoon },
} as const;

export function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { name, Icon } = LOOK[colorScheme];
  return (
    <MeItem Icon={Icon} onClick={() => setColorScheme(NEXT[colorScheme])}>
      {name}
    </MeItem>
  );
}
