// Which screens there are, who sees them, and how they are loaded. One table for both daemons.
import type { Component } from 'svelte';

import type { Role } from '../api/types';
import { kDesks, kRegionReaders, kStaff } from '../lib/roles';
import { m } from '../paraglide/messages.js';
import { session } from '../state/session.svelte';

export interface Screen {
  name: string;
  title: () => string;
  at: 'node' | 'hub' | 'both';
  /** Empty: everyone who is signed in. */
  roles: readonly Role[];
  /** At the hub, where the whole region's patients are in reach, when these are fewer. */
  hubRoles?: readonly Role[];
  /** Where it stands in the bar; others are reached from elsewhere. */
  listed: 'node' | 'hub' | 'both' | 'no';
  load: () => Promise<{ default: Component }>;
}

export const screens: readonly Screen[] = [
  { name: 'desk', title: m.nav_desk, at: 'node', roles: kDesks, listed: 'both', load: () => import('./node/Desk.svelte') },
  { name: 'region', title: m.nav_region, at: 'hub', roles: [], listed: 'both', load: () => import('./hub/Region.svelte') },
  { name: 'daily', title: m.nav_daily, at: 'hub', roles: [], listed: 'both', load: () => import('./hub/Daily.svelte') },
  { name: 'traffic', title: m.nav_traffic, at: 'both', roles: [], listed: 'no', load: () => import('./Traffic.svelte') },
  { name: 'report', title: m.nav_report, at: 'both', roles: [], listed: 'no', load: () => import('./Report.svelte') },
  { name: 'workforce', title: m.nav_workforce, at: 'both', roles: ['supervisor', 'administrator'], listed: 'no', load: () => import('./Workforce.svelte') },
  { name: 'tickets', title: m.nav_tickets, at: 'both', roles: kStaff, hubRoles: kRegionReaders, listed: 'both', load: () => import('./Tickets.svelte') },
  { name: 'waiting', title: m.nav_waiting, at: 'node', roles: kStaff, listed: 'no', load: () => import('./node/WaitingList.svelte') },
  { name: 'contacts', title: m.recent, at: 'both', roles: kStaff, hubRoles: kRegionReaders, listed: 'no', load: () => import('./Contact.svelte') },
  { name: 'problems', title: m.nav_problems, at: 'both', roles: kStaff, listed: 'both', load: () => import('./Problems.svelte') },
  { name: 'facility-notices', title: m.facility_notices, at: 'both', roles: kStaff, listed: 'no', load: () => import('./FacilityNotices.svelte') },
  { name: 'shift', title: m.nav_shift, at: 'node', roles: [], listed: 'both', load: () => import('./node/Shift.svelte') },
  { name: 'recordings', title: m.nav_recordings, at: 'both', roles: ['supervisor'], listed: 'both', load: () => import('./Recordings.svelte') },
  { name: 'catalogues', title: m.nav_catalogues, at: 'hub', roles: [], listed: 'both', load: () => import('./hub/Rubricator.svelte') },
  { name: 'calendars', title: m.nav_calendars, at: 'hub', roles: [], listed: 'no', load: () => import('./hub/Calendars.svelte') },
  { name: 'queues', title: m.nav_queues, at: 'hub', roles: [], listed: 'no', load: () => import('./hub/Queues.svelte') },
  { name: 'competence', title: m.competence, at: 'both', roles: [], listed: 'no', load: () => import('./Competence.svelte') },
  { name: 'templates', title: m.templates, at: 'hub', roles: [], listed: 'no', load: () => import('./hub/Templates.svelte') },
  { name: 'sites', title: m.nav_sites, at: 'hub', roles: [], listed: 'both', load: () => import('./hub/Sites.svelte') },
  { name: 'users', title: m.nav_users, at: 'both', roles: ['supervisor', 'administrator'], listed: 'node', load: () => import('./Users.svelte') },
  { name: 'audit', title: m.nav_audit, at: 'both', roles: ['auditor'], listed: 'both', load: () => import('./Audit.svelte') },
  { name: 'backups', title: m.nav_backups, at: 'both', roles: ['administrator'], listed: 'both', load: () => import('./Backups.svelte') },
  { name: 'sync', title: m.nav_sync, at: 'both', roles: [], listed: 'no', load: () => import('./Sync.svelte') },
];

const isAt = (at: Screen['listed']) => at === 'both' || at === (session.isHub ? 'hub' : 'node');

function isHere(screen: Screen): boolean {
  if (!isAt(screen.at)) return false;
  const roles = (session.isHub ? screen.hubRoles : undefined) ?? screen.roles;
  return roles.length === 0 || session.has(...roles);
}

export function screenOf(name: string): Screen | null {
  const screen = screens.find((one) => one.name === name);
  return screen && isHere(screen) ? screen : null;
}

export function listedScreens(): Screen[] {
  return screens.filter((screen) => isAt(screen.listed) && isHere(screen));
}

export function homeOf(): string {
  return listedScreens()[0]?.name ?? 'sync';
}

/** One after the other, so that the screen in use goes first; what fails is fetched when it is opened. */
export async function preload(): Promise<void> {
  for (const screen of screens) {
    if (isHere(screen)) await screen.load().catch(() => {});
  }
  await import('../components/KeyCard.svelte').catch(() => {});
}
