// Words of house calls (H1) and of the waiting list (H2); apart from others, so that the first load does without.
import type { Slot, Speciality, Ticket, TicketResult, VisitStage } from '../api/types';
import { m } from '../paraglide/messages.js';
import { moment, type Place } from './time';

export const specialityWords: Record<Speciality, () => string> = {
  therapist: m.speciality_therapist,
  paediatrician: m.speciality_paediatrician,
  general_practitioner: m.speciality_general_practitioner,
  surgeon: m.speciality_surgeon,
  traumatologist: m.speciality_traumatologist,
  cardiologist: m.speciality_cardiologist,
  neurologist: m.speciality_neurologist,
  ophthalmologist: m.speciality_ophthalmologist,
  otolaryngologist: m.speciality_otolaryngologist,
  gynaecologist: m.speciality_gynaecologist,
  urologist: m.speciality_urologist,
  endocrinologist: m.speciality_endocrinologist,
  gastroenterologist: m.speciality_gastroenterologist,
  pulmonologist: m.speciality_pulmonologist,
  dermatologist: m.speciality_dermatologist,
  oncologist: m.speciality_oncologist,
  rheumatologist: m.speciality_rheumatologist,
  nephrologist: m.speciality_nephrologist,
  haematologist: m.speciality_haematologist,
  allergologist: m.speciality_allergologist,
  infectionist: m.speciality_infectionist,
  phthisiatrist: m.speciality_phthisiatrist,
  psychiatrist: m.speciality_psychiatrist,
  narcologist: m.speciality_narcologist,
  dentist: m.speciality_dentist,
  psychotherapist: m.speciality_psychotherapist,
  physiotherapist: m.speciality_physiotherapist,
  ultrasound: m.speciality_ultrasound,
  x_ray: m.speciality_x_ray,
  ct: m.speciality_ct,
  mri: m.speciality_mri,
  endoscopy: m.speciality_endoscopy,
  functional_diagnostics: m.speciality_functional_diagnostics,
  laboratory: m.speciality_laboratory,
  vaccination: m.speciality_vaccination,
  check_up: m.speciality_check_up,
  other: m.speciality_other,
};
export const specialities = Object.keys(specialityWords) as Speciality[];

export const resultWords: Record<TicketResult, () => string> = {
  examined: m.result_examined,
  hospitalised: m.result_hospitalised,
  not_at_home: m.result_not_at_home,
  patient_refused: m.result_patient_refused,
  call_cancelled: m.result_call_cancelled,
  ambulance: m.result_ambulance,
  booked: m.result_booked,
  declined: m.result_declined,
  not_reached: m.result_not_reached,
  not_needed: m.result_not_needed,
};

export const stageWords: Record<VisitStage, () => string> = {
  new: m.visit_new,
  passed: m.visit_passed,
  confirmed: m.visit_confirmed,
};

const ofHouseCall: readonly TicketResult[] = ['examined', 'hospitalised', 'not_at_home', 'patient_refused', 'call_cancelled', 'ambulance'];
const ofWaiting: readonly TicketResult[] = ['booked', 'declined', 'not_reached', 'not_needed'];

/** With what such a ticket may end; empty: in words alone. */
export function resultsOf(kind: Ticket['kind']): readonly TicketResult[] {
  if (kind === 'house_call') return ofHouseCall;
  return kind === 'waiting_list' ? ofWaiting : [];
}

type WhomWhere = Pick<Slot, 'speciality' | 'facility_name'>;
/** «кардиолог, Больница № 3»: whom or what, and where. */
export function whomAndWhere({ speciality, facility_name: where }: WhomWhere): string {
  const whom = speciality ? specialityWords[speciality]() : m.waiting_not_said();
  return where ? `${whom}, ${where}` : whom;
}

/** «кардиолог, Больница № 3, завтра в 14:30». */
export function slotText(slot: Slot, now: number, place: Place): string {
  return slot.at ? `${whomAndWhere(slot)}, ${moment(Date.parse(slot.at), now, place)}` : whomAndWhere(slot);
}

/** A row of the report by result: «house_call.examined». */
export function resultRow(value: string): string {
  const [kind, result] = value.split('.') as [string, TicketResult | ''];
  const name = kind === 'house_call' ? m.kind_house_call() : m.kind_waiting_list();
  return `${name}: ${result ? resultWords[result]() : m.result_none()}`;
}
