/** What a session is given by the page and by the visitor. */
import type { Page, Site } from '@handraise/protocol';

export interface ContactDetails {
  name: string;
  email: string;
  message: string;
  /** The words that were agreed to. */
  consent: string;
  /** The same for offers; null without. */
  marketing: string | null;
}

export interface Here {
  page: Page;
  lang: string | null;
  /** Which consent to chat the site asks for, empty for none, and its words. */
  asked?: string;
  site?: () => Promise<Site | null>;
}

/** Does the work while no other tab does the same: without it, two new tabs would begin two conversations. */
export type OneTab = (work: () => Promise<void>) => Promise<void>;
