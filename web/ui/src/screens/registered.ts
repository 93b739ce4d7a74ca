// What was registered of a caller, name by name, as a ticket's card and a contact's show it (T10).
import type { TicketCard } from '../api/types';
import { hotLineWords, passedWords, wishWords } from '../lib/aboutWords';
import { formatPhone } from '../lib/phone';
import { longDay } from '../lib/time';
import { applicantRoleWords, channelWords, directionWords, kindWords, refusalWords } from '../lib/words';
import { m } from '../paraglide/messages.js';
import { catalogues } from '../state/catalogues.svelte';
import { session } from '../state/session.svelte';

/** A contact has all of it; a ticket's card lacks how it came where its contact is not. */
type Registered = Pick<
  TicketCard,
  'erased' | 'applicant' | 'phone' | 'organisation' | 'municipality' | 'facility' | 'topic_name' | 'refusal_reason' | 'kind' | 'applicant_role' | 'facility_by_code' | 'phone_given' | 'address' | 'temperature' | 'doctor' | 'email' | 'birth_date' | 'wish_subject' | 'hot_line' | 'passed_to' | 'channel' | 'direction' | 'site'
>;

export function registeredFacts(record: Registered) {
  return [
    [m.field_applicant(), record.erased ? m.erased() : record.applicant],
    [m.field_birth_date(), record.birth_date && longDay(record.birth_date, session.place.locale, '')],
    [m.field_kind(), record.kind && kindWords[record.kind]()],
    [m.field_wish_subject(), record.wish_subject && wishWords[record.wish_subject]()],
    [m.field_hot_line(), record.hot_line && hotLineWords[record.hot_line]()],
    [m.field_passed_to(), record.passed_to && passedWords[record.passed_to]()],
    [m.field_role(), record.applicant_role && applicantRoleWords[record.applicant_role]()],
    [record.phone_given ? m.field_phone_shown() : m.field_phone(), record.phone && formatPhone(record.phone)],
    [m.field_phone_given(), record.phone_given && formatPhone(record.phone_given)],
    [m.field_email(), record.email],
    [m.field_address(), record.address],
    [m.field_temperature(), record.temperature && m.degrees({ degrees: record.temperature.replace('.', m.decimal_mark()) })],
    [m.waiting_doctor(), record.doctor],
    [m.field_organisation(), record.organisation],
    [m.field_municipality(), record.municipality],
    [m.field_facility(), record.facility_by_code ? m.facility_by_code({ name: catalogues.siteName(record.facility) }) : catalogues.siteName(record.facility)],
    [m.field_topic(), record.topic_name],
    [m.field_refusal(), record.refusal_reason && refusalWords[record.refusal_reason]()],
    [m.field_channel(), record.channel && channelWords[record.channel]()],
    [m.field_direction(), record.direction && directionWords[record.direction]()],
    [m.nav_sites_one(), catalogues.siteName(record.site)],
  ] as const;
}
