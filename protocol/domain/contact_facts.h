// Who turned to a desk and for what, as far as it is no personal data: a part of the vocabulary of
// events (events.h). Numbers are part of the protocol: add, never change.
#pragma once

#include <cstdint>

namespace opora::protocol {

// What a contact is about; each kind has fields of its own. None: as T10 has it.
enum class ContactKind : std::uint8_t {
  kNone = 0,
  kSupport = 1,      // V5: somebody at a facility needs help with a system
  kHotLine = 2,      // T2
  kBooking = 3,      // T11
  kHouseCall = 4,    // H1
  kWaitingList = 5,  // H2
  kWish = 6,         // V13: counted apart
};

// In which role somebody asks (A5b): a hint at what he may ask for, never a reason to refuse.
enum class ApplicantRole : std::uint8_t {
  kNone = 0,
  kCitizen = 1,
  kUser = 2,       // of a system
  kItOfficer = 3,  // of the facility
  kHead = 4,       // of the facility
};

// Whether the facility was named by its support code (V2), which is asked on every call.
enum class FacilityBy : std::uint8_t { kName = 0, kSupportCode = 1 };

// What a request for support must have (V5), in the order in which it is asked for.
enum class RequestField : std::uint8_t {
  kOrganisation = 1,
  kApplicant = 2,
  kSupportCode = 3,
  kProblem = 4,
};

// The same at the contact and at its ticket, whose owner may not have the contact.
struct Asking {
  ContactKind kind = ContactKind::kNone;
  ApplicantRole role = ApplicantRole::kNone;
  FacilityBy facility_by = FacilityBy::kName;
  bool operator==(const Asking&) const = default;
  template <class V>
  void visit(V&& v) {
    v(kind, role, facility_by);
  }
};

}  // namespace opora::protocol
