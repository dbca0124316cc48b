/** Who saw, changed, exported or erased what: newest first, filtered, page by page, as a file; and whether the log is whole. What is shown stands in the address. */
import { Button, Skeleton } from '@mantine/core';
import { IconDownload, IconHistory, IconSearch } from '@tabler/icons-react';
import type { AuditPage } from '@handraise/protocol';
import { auditFile, backwards, EVERYTHING, type AuditFilter } from '../../../core/audit.ts';
import { NEWEST } from '../../../core/route.ts';
import { Empty, Problem } from '../../common/States.tsx';
import { go, toAudit, useRoute } from '../../hooks.ts';
import css from '../settings.module.css';
import { AuditFilters } from './AuditFilters.tsx';
import { AuditTable } from './AuditTable.tsx';
import { Chain } from './Chain.tsx';
import { useAudit } from './useAudit.ts';
import own from './audit.module.css';

export function Audit() {
  const route = useRoute();
  const { filter, pages } = route.page === 'settings' ? route.audit : NEWEST;
  const { answer, loading, retry } = useAudit(filter, pages.at(-1) ?? null);
  const change = (part: Partial<AuditFilter>) => go(toAudit({ filter: { ...filter, ...part }, pages: [] }), 'replace');
  const found = answer?.ok ? answer.value : null;
  const wrong = backwards(filter);
  return (
    <>
      <header className={css.head}>
        <div>
          <h1 className={css.title}>Audit log</h1>
          <p className={css.lead}>Who saw, changed, exported or erased what. Nobody can change it here.</p>
        </div>
        {wrong ? null : <Files filter={filter} />}
      </header>
      <Chain />
      <AuditFilters filter={filter} onChange={change} />
      <div aria-busy={loading} className={own.rows}>
        {answer === null && !wrong ? <Loading /> : null}
        {answer?.ok === false ? <Problem title="The log could not be loaded" message={answer.message} onRetry={retry} /> : null}
        {found?.rows.length === 0 ? (
          <Nothing all={Object.values(filter).every((part) => part === '')} onClear={() => change(EVERYTHING)} />
        ) : null}
        {found && found.rows.length > 0 ? <AuditTable rows={found.rows} names={found.names} /> : null}
      </div>
      {found ? <Pages page={found} pages={pages} onTurn={(turned) => go(toAudit({ filter, pages: turned }))} /> : null}
    </>
  );
}

function Files({ filter }: { filter: AuditFilter }) {
  return (
    <div className={css.acts}>
      <Button
        component="a"
        href={auditFile(filter, 'csv')}
        download="audit.csv"
        variant="default"
        leftSection={<IconDownload size={16} />}
        title="What is looked for here, for a spreadsheet"
      >
        Save as CSV
      </Button>
      <Button
        component="a"
        href={auditFile(filter, 'jsonl')}
        download="audit.jsonl"
        variant="default"
        leftSection={<IconDownload size={16} />}
        title="What is looked for here, a line of JSON for each row"
      >
        Save as JSON
      </Button>
    </div>
  );
}

interface PagesProps {
  page: AuditPage;
  pages: readonly number[];
  onTurn: (pages: readonly number[]) => void;
}

function Pages({ page, pages, onTurn }: PagesProps) {
  const oldest = page.rows.at(-1);
  if (pages.length === 0 && !page.more) return null;
  return (
    <nav className={own.pages} aria-label="Pages">
      <Button variant="default" disabled={pages.length === 0} onClick={() => onTurn(pages.slice(0, -1))}>
        Newer
      </Button>
      <span className={css.quiet}>Page {pages.length + 1}</span>
      <Button variant="default" disabled={!page.more || !oldest} onClick={() => oldest && onTurn([...pages, oldest.id])}>
        Older
      </Button>
    </nav>
  );
}

function Nothing({ all, onClear }: { all: boolean; onClear: () => void }) {
  if (all) {
    return (
      <Empty Icon={IconHistory} title="Nothing has happened yet">
        What people and programs do with the data of visitors stands here from the first time on.
      </Empty>
    );
  }
  return (
    <Empty
      Icon={IconSearch}
      title="Nothing matches"
      action={
        <Button variant="default" onClick={onClear}>
          Show everything
        </Button>
      }
    >
      Choose other people, something else that was done, or more days.
    </Empty>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} height={36} my="sm" />
      ))}
    </div>
  );
}
