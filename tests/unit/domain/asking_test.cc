// Who turned to a desk and for what: kinds of contact with fields of their own, roles, codes.
#include <gtest/gtest.h>

#include "protocol/base/archive.h"
#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"
#include "protocol/domain/person_key.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/request_fields.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

DecideContext at(std::uint32_t site) {
  return {SiteNo{site}, kNine, [](TimeMs) { return std::int16_t{180}; },
          CommandId::from("0123456789abcdef").value_or(CommandId{})};
}

RubricatorState rubricator() {
  RubricatorState state;
  state.version = 7;
  state.topics = {{"system", "поддержка", "", "Система"}};
  return state;
}

RegisterContact asking(ContactKind kind) {
  RegisterContact contact;
  contact.topic = "system";
  contact.outcome = Outcome::kTicket;
  contact.urgency = Urgency::kLow;
  contact.personal[PersonalField::kSummary] = "не входит в систему";
  contact.asking.kind = kind;
  return contact;
}

Result<Registered> decided(const RegisterContact& contact) {
  const RubricatorState topics = rubricator();
  return decide(contact, &topics, nullptr, 1, at(17));
}

std::string blamed(const RegisterContact& contact) {
  const auto out = decided(contact);
  return out.ok() ? "" : out.error().path;
}

Entity ticket(const RegisterContact& contact) {
  const auto out = decided(contact);
  EXPECT_TRUE(out.ok());
  Told opened = told(out->drafts[1].facts).at(1).place(1);
  for (const auto& [field, text] : out->drafts[1].personal) opened.saying(field, text);
  Entity entity = subject(Kind::kTicket);
  EXPECT_EQ(fold(entity, opened), FoldResult::kFolded);
  return entity;
}

// A5b, V2.
TEST(Asking, StandsAtTheContactAndAtItsTicket) {
  auto contact = asking(ContactKind::kSupport);
  contact.asking.role = ApplicantRole::kItOfficer;
  contact.asking.facility_by = FacilityBy::kSupportCode;
  const auto out = decided(contact);
  EXPECT_EQ(std::get<ContactRegistered>(out->drafts[0].facts).asking, contact.asking);
  EXPECT_EQ(std::get<TicketOpened>(out->drafts[1].facts).asking, contact.asking);
  EXPECT_EQ(ticket(contact).as<TicketState>()->asking, contact.asking);
}

TEST(Asking, TheListOfTicketsKnowsTheKind) {
  const Entity wish = ticket(asking(ContactKind::kWish));
  EXPECT_EQ(list_row(*wish.as<TicketState>()).kind, ContactKind::kWish);
  const Bytes row = to_row(list_row(*wish.as<TicketState>()));
  EXPECT_EQ(from_row<TicketListRow>(row)->kind, ContactKind::kWish);
}

// A role is a hint: whoever asks is registered.
TEST(Asking, NoRoleIsRefusedAnyKind) {
  for (const auto role : {ApplicantRole::kNone, ApplicantRole::kCitizen, ApplicantRole::kUser,
                          ApplicantRole::kItOfficer, ApplicantRole::kHead}) {
    for (const auto kind : {ContactKind::kNone, ContactKind::kSupport, ContactKind::kHotLine,
                            ContactKind::kBooking, ContactKind::kWaitingList, ContactKind::kWish}) {
      auto contact = asking(kind);
      contact.asking.role = role;
      if (kind == ContactKind::kWaitingList)
        contact.waits_for = TicketWaitsFor{Speciality::kOther, {}};
      EXPECT_EQ(blamed(contact), "");
    }
  }
}

// V13, T2, T24.
TEST(Asking, WhatAWishIsForAndWhichLineWasCalledAreOfTheirKindsAlone) {
  auto wish = asking(ContactKind::kWish);
  wish.asking.wish = WishSubject::kDocuments;
  EXPECT_EQ(blamed(wish), "");
  EXPECT_EQ(list_row(*ticket(wish).as<TicketState>()).wish, WishSubject::kDocuments);
  wish.asking.kind = ContactKind::kSupport;
  EXPECT_EQ(blamed(wish), "wish_subject");
  auto call = asking(ContactKind::kHotLine);
  call.asking.hot_line = HotLine::kMinistry;
  call.asking.passed_to = PassedTo::kFacility;
  EXPECT_EQ(blamed(call), "");
  EXPECT_EQ(list_row(*ticket(call).as<TicketState>()).hot_line, HotLine::kMinistry);
  call.asking.kind = ContactKind::kNone;
  EXPECT_EQ(blamed(call), "hot_line");
  call.asking.hot_line = HotLine::kNone;
  EXPECT_EQ(blamed(call), "passed_to");
}

TEST(Asking, SomebodyWasBornOnADayThatExistsUpToToday) {
  auto contact = asking(ContactKind::kNone);
  const auto born = [&](const char* day) {
    contact.personal[PersonalField::kBirthDate] = day;
    return blamed(contact);
  };
  for (const char* right : {"1900-01-01", "1970-01-31", "2024-02-29"}) EXPECT_EQ(born(right), "");
  for (const char* wrong : {"1899-12-31", "2023-02-29", "1970-1-31", "31.01.1970", "2099-01-01",
                            "1970-01-3x", "-970-01-31"})
    EXPECT_EQ(born(wrong), "birth_date") << wrong;
}

// H1.
TEST(HouseCall, HasAnAddressAndPerhapsATemperature) {
  auto call = asking(ContactKind::kHouseCall);
  EXPECT_EQ(blamed(call), "address");
  call.personal[PersonalField::kAddress] = " ";
  EXPECT_EQ(blamed(call), "address");
  call.personal[PersonalField::kAddress] = "ул. Мира, 5, кв. 17";
  EXPECT_EQ(blamed(call), "");
  for (const char* degrees : {"30.0", "36.6", "45.9"}) {
    call.personal[PersonalField::kTemperature] = degrees;
    EXPECT_EQ(blamed(call), "") << degrees;
  }
  for (const char* degrees : {"46.0", "29.9", "38,5", "38", "жар", "3a.5", "38.55"}) {
    call.personal[PersonalField::kTemperature] = degrees;
    EXPECT_EQ(blamed(call), "temperature") << degrees;
  }
}

TEST(HouseCall, ItsFieldsAreNoOtherKinds) {
  auto wish = asking(ContactKind::kWish);
  wish.personal[PersonalField::kAddress] = "ул. Мира, 5";
  EXPECT_EQ(blamed(wish), "address");
  wish.personal.erase(PersonalField::kAddress);
  wish.personal[PersonalField::kTemperature] = "38.5";
  EXPECT_EQ(blamed(wish), "temperature");
}

// V5, V11.
TEST(RequestForSupport, NamesWhatIsMissingInTheOrderInWhichItIsAsked) {
  auto request = asking(ContactKind::kSupport);
  using Fields = std::vector<RequestField>;
  EXPECT_EQ(
      missing_fields(ticket(request)),
      (Fields{RequestField::kOrganisation, RequestField::kApplicant, RequestField::kSupportCode}));
  request.personal[PersonalField::kApplicant] = "Иванова Мария Петровна";
  EXPECT_EQ(missing_fields(ticket(request)),
            (Fields{RequestField::kOrganisation, RequestField::kSupportCode}));
  request.personal[PersonalField::kOrganisation] = "ГБ № 2";
  request.facility = SiteNo{2};  // chosen by name: the code was not said
  EXPECT_EQ(missing_fields(ticket(request)), Fields{RequestField::kSupportCode});
  request.asking.facility_by = FacilityBy::kSupportCode;
  EXPECT_EQ(missing_fields(ticket(request)), Fields{});
}

TEST(RequestForSupport, NothingIsMissingOfOtherKindsAndOfTheErased) {
  EXPECT_TRUE(missing_fields(ticket(asking(ContactKind::kHotLine))).empty());
  EXPECT_TRUE(missing_fields(ticket(asking(ContactKind::kNone))).empty());
  Entity erased = ticket(asking(ContactKind::kSupport));
  erased.erased = true;
  EXPECT_TRUE(missing_fields(erased).empty());
}

std::size_t rows_under(const Entity& entity, const Bytes& prefix) {
  std::size_t found = 0;
  for (const IndexRow& row : facets(entity).index) found += row.key.starts_with(prefix) ? 1 : 0;
  return found;
}

// T11: the number that is shown and the number that is given.
TEST(PhoneGiven, FindsThePersonAsTheShownOneDoes) {
  auto booking = asking(ContactKind::kBooking);
  booking.personal[PersonalField::kPhone] = "8 (4872) 31-20-17";
  booking.personal[PersonalField::kPhoneGiven] = "8 903 841-20-17";
  const auto under = [&](const char* phone) {
    return rows_under(ticket(booking), keys::by_phone(phone_key(phone), Kind::kTicket));
  };
  EXPECT_EQ(under("+74872312017"), 1u);
  EXPECT_EQ(under("+79038412017"), 1u);
  // The same number twice is one row.
  booking.personal[PersonalField::kPhoneGiven] = "+7 4872 31-20-17";
  EXPECT_EQ(under("+74872312017"), 1u);
}

TEST(PhoneGiven, WhoSaysNoneHasTheRowsOfBefore) {
  const auto plain = ticket(asking(ContactKind::kNone));
  auto with_kind = asking(ContactKind::kSupport);
  EXPECT_EQ(facets(ticket(with_kind)).index.size(), facets(plain).index.size());
}

TEST(Person, IsFoundByTheMailAddressAndByNameAndBirthHoweverTheyWereWritten) {
  auto contact = asking(ContactKind::kNone);
  contact.personal[PersonalField::kMail] = "Ivanova@Clinic.example";
  contact.personal[PersonalField::kApplicant] = "Семёнова Анна Петровна";
  contact.personal[PersonalField::kBirthDate] = "1970-01-31";
  const Entity known = ticket(contact);
  const auto by_name = [&](const char* name, const char* birth) {
    return rows_under(known, keys::by_person(person_key(name, birth), Kind::kTicket));
  };
  EXPECT_EQ(by_name("анна  СЕМЕНОВА", "1970-01-31"), 1u);
  EXPECT_EQ(by_name("Семёнова Анна Петровна", "1970-02-01"), 0u) << "a namesake";
  EXPECT_EQ(rows_under(known, keys::by_mail(mail_key(" ivanova@clinic.EXAMPLE "), Kind::kTicket)),
            1u);
  EXPECT_EQ(rows_under(known, keys::by_mail(mail_key("ivanova@clinic.example"), Kind::kContact)),
            0u);
}

TEST(Person, StandsInNoRowByNameOrAddressAndAfterAnErasureInNone) {
  auto contact = asking(ContactKind::kNone);
  contact.personal[PersonalField::kMail] = "ivanova@clinic.example";
  contact.personal[PersonalField::kApplicant] = "Ivanova Maria";
  contact.personal[PersonalField::kBirthDate] = "1970-01-31";
  Entity known = ticket(contact);
  EXPECT_EQ(rows_under(known, "p"), 2u);
  for (const IndexRow& row : facets(known).index) {
    EXPECT_EQ(row.key.find("ivanova"), Bytes::npos);
    EXPECT_EQ(row.key.find("1970"), Bytes::npos);
  }
  known.personal = {};
  EXPECT_EQ(rows_under(known, "p"), 0u);
}

TEST(Person, IsNotKnownByANameWithoutABirthOrByNothing) {
  EXPECT_EQ(person_key("Иванова Мария", ""), "");
  EXPECT_EQ(person_key(" — 12 ", "1970-01-31"), "");
  EXPECT_EQ(mail_key("  "), "");
  EXPECT_EQ(person_key("Римская-Корсакова Анна", "1970-01-31"),
            person_key("анна римская–корсакова", "1970-01-31"));
}

SiteChanged hospital(std::string code) {
  SiteChanged site;
  site.site = SiteNo{2};
  site.name = "ГБ № 2";
  site.zone = "Europe/Moscow";
  site.desks = {{DeskNo{1}, "Пост"}};
  site.support_code = std::move(code);
  return site;
}

// V2.
TEST(SiteCode, IsLookedUpUntilTheSiteIsWithdrawn) {
  const Bytes prefix = keys::support_code("482918");
  Entity site = subject(Kind::kSite);
  EXPECT_EQ(fold(site, told(hospital("482918")).at(1).place(1)), FoldResult::kFolded);
  EXPECT_EQ(rows_under(site, prefix), 1u);
  auto withdrawn = hospital("482918");
  withdrawn.disabled = true;
  EXPECT_EQ(fold(site, told(withdrawn).at(2).place(2)), FoldResult::kFolded);
  EXPECT_EQ(rows_under(site, prefix), 0u);
}

TEST(SiteCode, IsKeptInOneForm) {
  const auto path = [](std::string code) {
    const auto out = decide(ChangeSite{hospital(std::move(code))}, nullptr, at(0));
    return out.ok() ? std::string() : out.error().path;
  };
  EXPECT_EQ(path(""), "");
  EXPECT_EQ(path("100003"), "support_code");
  EXPECT_EQ(path("12345"), "support_code");
}

}  // namespace
}  // namespace opora::protocol
