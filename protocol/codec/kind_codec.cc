#include "protocol/codec/kind_codec.h"

#include "protocol/codec/message.h"

namespace opora::protocol {
namespace {

using message::number;
using message::view;

void put(const Slot& f, schema::Slot::Builder out) {
  out.setSpeciality(number(f.speciality));
  out.setFacility(f.facility.v);
  out.setAt(f.at.v);
}

Slot slot_of(schema::Slot::Reader in) {
  return {Speciality{in.getSpeciality()}, SiteNo(in.getFacility()), TimeMs{in.getAt()}};
}

}  // namespace

void put(const TicketWaitsFor& f, schema::TicketWaitsFor::Builder out) {
  out.setSpeciality(number(f.speciality));
  out.setFacility(f.facility.v);
}

bool get(schema::TicketWaitsFor::Reader in, TicketWaitsFor& f) {
  f.speciality = Speciality{in.getSpeciality()};
  f.facility = SiteNo(in.getFacility());
  return true;
}

void put(const TicketListCalled& f, schema::TicketListCalled::Builder out) {
  out.setStep(number(f.step));
  OPORA_SET_TEXT(out, By, f.by);
  out.setAt(f.at.v);
  out.setUntil(f.until.v);
  if (f.slot != Slot{}) put(f.slot, out.initSlot());
}

bool get(schema::TicketListCalled::Reader in, TicketListCalled& f) {
  f.step = ListStep{in.getStep()};
  f.by = view(in.getBy());
  f.at = TimeMs{in.getAt()};
  f.until = TimeMs{in.getUntil()};
  f.slot = slot_of(in.getSlot());
  return true;
}

void put(const FacilityNoticeChanged& f, schema::FacilityNoticeChanged::Builder out) {
  out.setFacility(f.facility.v);
  out.setFrom(f.from.v);
  out.setUntil(f.until.v);
  out.setWithdrawn(f.withdrawn);
}

bool get(schema::FacilityNoticeChanged::Reader in, FacilityNoticeChanged& f) {
  f.facility = SiteNo(in.getFacility());
  f.from = LocalDay{in.getFrom()};
  f.until = LocalDay{in.getUntil()};
  f.withdrawn = in.getWithdrawn();
  return true;
}

}  // namespace opora::protocol
