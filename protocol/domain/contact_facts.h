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

// What a wish is for (V13). None: it was not said.
enum class WishSubject : std::uint8_t {
  kNone = 0,
  kSoftware = 1,
  kDocuments = 2,
  kKnowledgeBase = 3,
  kOther = 4,
};

// Which of the region's lines somebody called (T2), and where the desk passed it on to (T24).
enum class HotLine : std::uint8_t {
  kNone = 0,
  k122 = 1,
  kBooking = 2,   // of the whole region
  kMinistry = 3,  // its hot line
  kMedicalAssistant = 4,
  kPerinatal = 5,
  kForwarded = 6,  // a hospital's own line, forwarded
};
enum class PassedTo : std::uint8_t { kNobody = 0, kFacility = 1, kMinistry = 2 };

// How the ticket of a house call or of the waiting list ended; which kind has which is
// house_call.h's. What a person adds to it is the text of the completion.
enum class TicketResult : std::uint8_t {
  kNone = 0,
  kExamined = 1,  // H1, up to kAmbulance
  kHospitalised = 2,
  kNotAtHome = 3,
  kPatientRefused = 4,
  kCallCancelled = 5,
  kAmbulance = 6,  // handed over to it
  kBooked = 7,     // H2, up to kNotNeeded
  kDeclined = 8,   // wants no appointment any more
  kNotReached = 9,
  kNotNeeded = 10,  // has one already, by another way
};

// What is said of a house call with the clinic (H1), and how far an open one has come.
enum class VisitStep : std::uint8_t { kPassed = 1, kConfirmed = 2 };
enum class VisitStage : std::uint8_t { kNone = 0, kNew = 1, kPassed = 2, kConfirmed = 3 };

// Whom or what a patient waits for (H2). None: it was not said.
enum class Speciality : std::uint8_t {
  kNone = 0,
  kTherapist = 1,
  kPaediatrician = 2,
  kGeneralPractitioner = 3,
  kSurgeon = 4,
  kTraumatologist = 5,
  kCardiologist = 6,
  kNeurologist = 7,
  kOphthalmologist = 8,
  kOtolaryngologist = 9,
  kGynaecologist = 10,
  kUrologist = 11,
  kEndocrinologist = 12,
  kGastroenterologist = 13,
  kPulmonologist = 14,
  kDermatologist = 15,
  kOncologist = 16,
  kRheumatologist = 17,
  kNephrologist = 18,
  kHaematologist = 19,
  kAllergologist = 20,
  kInfectionist = 21,
  kPhthisiatrist = 22,
  kPsychiatrist = 23,
  kNarcologist = 24,
  kDentist = 25,
  kPsychotherapist = 26,
  kPhysiotherapist = 27,
  kUltrasound = 28,
  kXRay = 29,
  kCt = 30,
  kMri = 31,
  kEndoscopy = 32,
  kFunctionalDiagnostics = 33,
  kLaboratory = 34,
  kVaccination = 35,
  kCheckUp = 36,
  kOther = 37,
};

// What a desk says of calling a patient of the waiting list (H2).
enum class ListStep : std::uint8_t {
  kClaimed = 1,   // calls him now: no other desk does
  kReleased = 2,  // has not called
  kNoAnswer = 3,
  kAgain = 4,         // asked to be called at another time
  kDeclinedSlot = 5,  // does not want this one, waits on
};

// The same at the contact and at its ticket, whose owner may not have the contact.
struct Asking {
  ContactKind kind = ContactKind::kNone;
  ApplicantRole role = ApplicantRole::kNone;
  FacilityBy facility_by = FacilityBy::kName;
  WishSubject wish = WishSubject::kNone;  // of a wish alone
  HotLine hot_line = HotLine::kNone;      // of the hot line alone, as the next
  PassedTo passed_to = PassedTo::kNobody;
  bool operator==(const Asking&) const = default;
  template <class V>
  void visit(V&& v) {
    v(kind, role, facility_by, wish, hot_line, passed_to);
  }
};

}  // namespace opora::protocol
