/** Who else is there, the available ones first. */
import { Face } from '../common/Face.tsx';
import { useDeskState } from '../context.tsx';
import css from './shell.module.css';

export function Colleagues() {
  const agents = useDeskState((state) => state.agents);
  const me = useDeskState((state) => state.me?.id);
  const others = agents
    .filter((agent) => agent.id !== me)
    .sort((a, b) => Number(b.available) - Number(a.available) || a.name.localeCompare(b.name));
  if (others.length === 0) return null;
  return (
    <div className={css.meGroup}>
      <h2 className={css.meLabel}>Colleagues</h2>
      <ul className={css.colleagues}>
        {others.map((agent) => (
          <li key={agent.id}>
            <Face name={agent.name} kind="agent" size={26} online={agent.available} />
            <span className={css.colleague}>
              <bdi>{agent.name}</bdi>
            </span>
            <small>{agent.available ? 'Available' : 'Away'}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
