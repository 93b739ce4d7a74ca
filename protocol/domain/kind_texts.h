// Names of what kinds of contact have of their own, as the API, the exports and the logs write them
// (texts.h).
#pragma once

#include "protocol/domain/texts.h"

namespace opora::protocol {

template <>
struct Names<RequestField> {
  static constexpr std::array kTable = {
      Named{RequestField::kOrganisation, "organisation"},
      Named{RequestField::kApplicant, "applicant"},
      Named{RequestField::kSupportCode, "support_code"},
      Named{RequestField::kProblem, "summary"},
  };
};

template <>
struct Names<WishSubject> {
  static constexpr std::array kTable = {
      Named{WishSubject::kSoftware, "software"},
      Named{WishSubject::kDocuments, "documents"},
      Named{WishSubject::kKnowledgeBase, "knowledge_base"},
      Named{WishSubject::kOther, "other"},
  };
};

template <>
struct Names<HotLine> {
  static constexpr std::array kTable = {
      Named{HotLine::k122, "122"},
      Named{HotLine::kBooking, "booking"},
      Named{HotLine::kMinistry, "ministry"},
      Named{HotLine::kMedicalAssistant, "medical_assistant"},
      Named{HotLine::kPerinatal, "perinatal"},
      Named{HotLine::kForwarded, "forwarded"},
  };
};

template <>
struct Names<PassedTo> {
  static constexpr std::array kTable = {Named{PassedTo::kFacility, "facility"},
                                        Named{PassedTo::kMinistry, "ministry"}};
};

template <>
struct Names<VisitStep> {
  static constexpr std::array kTable = {Named{VisitStep::kPassed, "passed"},
                                        Named{VisitStep::kConfirmed, "confirmed"}};
};

template <>
struct Names<VisitStage> {
  static constexpr std::array kTable = {Named{VisitStage::kNew, "new"},
                                        Named{VisitStage::kPassed, "passed"},
                                        Named{VisitStage::kConfirmed, "confirmed"}};
};

template <>
struct Names<ListStep> {
  static constexpr std::array kTable = {
      Named{ListStep::kClaimed, "claimed"},
      Named{ListStep::kReleased, "released"},
      Named{ListStep::kNoAnswer, "no_answer"},
      Named{ListStep::kAgain, "again"},
      Named{ListStep::kDeclinedSlot, "declined_slot"},
  };
};

template <>
struct Names<TicketResult> {
  static constexpr std::array kTable = {
      Named{TicketResult::kExamined, "examined"},
      Named{TicketResult::kHospitalised, "hospitalised"},
      Named{TicketResult::kNotAtHome, "not_at_home"},
      Named{TicketResult::kPatientRefused, "patient_refused"},
      Named{TicketResult::kCallCancelled, "call_cancelled"},
      Named{TicketResult::kAmbulance, "ambulance"},
      Named{TicketResult::kBooked, "booked"},
      Named{TicketResult::kDeclined, "declined"},
      Named{TicketResult::kNotReached, "not_reached"},
      Named{TicketResult::kNotNeeded, "not_needed"},
  };
};

template <>
struct Names<Speciality> {
  static constexpr std::array kTable = {
      Named{Speciality::kTherapist, "therapist"},
      Named{Speciality::kPaediatrician, "paediatrician"},
      Named{Speciality::kGeneralPractitioner, "general_practitioner"},
      Named{Speciality::kSurgeon, "surgeon"},
      Named{Speciality::kTraumatologist, "traumatologist"},
      Named{Speciality::kCardiologist, "cardiologist"},
      Named{Speciality::kNeurologist, "neurologist"},
      Named{Speciality::kOphthalmologist, "ophthalmologist"},
      Named{Speciality::kOtolaryngologist, "otolaryngologist"},
      Named{Speciality::kGynaecologist, "gynaecologist"},
      Named{Speciality::kUrologist, "urologist"},
      Named{Speciality::kEndocrinologist, "endocrinologist"},
      Named{Speciality::kGastroenterologist, "gastroenterologist"},
      Named{Speciality::kPulmonologist, "pulmonologist"},
      Named{Speciality::kDermatologist, "dermatologist"},
      Named{Speciality::kOncologist, "oncologist"},
      Named{Speciality::kRheumatologist, "rheumatologist"},
      Named{Speciality::kNephrologist, "nephrologist"},
      Named{Speciality::kHaematologist, "haematologist"},
      Named{Speciality::kAllergologist, "allergologist"},
      Named{Speciality::kInfectionist, "infectionist"},
      Named{Speciality::kPhthisiatrist, "phthisiatrist"},
      Named{Speciality::kPsychiatrist, "psychiatrist"},
      Named{Speciality::kNarcologist, "narcologist"},
      Named{Speciality::kDentist, "dentist"},
      Named{Speciality::kPsychotherapist, "psychotherapist"},
      Named{Speciality::kPhysiotherapist, "physiotherapist"},
      Named{Speciality::kUltrasound, "ultrasound"},
      Named{Speciality::kXRay, "x_ray"},
      Named{Speciality::kCt, "ct"},
      Named{Speciality::kMri, "mri"},
      Named{Speciality::kEndoscopy, "endoscopy"},
      Named{Speciality::kFunctionalDiagnostics, "functional_diagnostics"},
      Named{Speciality::kLaboratory, "laboratory"},
      Named{Speciality::kVaccination, "vaccination"},
      Named{Speciality::kCheckUp, "check_up"},
      Named{Speciality::kOther, "other"},
  };
};

template <>
struct Names<CallBackResult> {
  static constexpr std::array kTable = {
      Named{CallBackResult::kNoAnswer, "no_answer"},
      Named{CallBackResult::kBusy, "busy"},
      Named{CallBackResult::kWrongNumber, "wrong_number"},
      Named{CallBackResult::kReached, "reached"},
      Named{CallBackResult::kNotNeeded, "not_needed"},
      Named{CallBackResult::kReleased, "released"},
  };
};

template <>
struct Names<CallBackEnd> {
  static constexpr std::array kTable = {
      Named{CallBackEnd::kReached, "reached"},
      Named{CallBackEnd::kGotThrough, "got_through"},
      Named{CallBackEnd::kWrongNumber, "wrong_number"},
      Named{CallBackEnd::kNotReached, "not_reached"},
      Named{CallBackEnd::kNotNeeded, "not_needed"},
  };
};

}  // namespace opora::protocol
