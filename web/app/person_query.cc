#include "web/app/person_query.h"

#include "protocol/domain/facets.h"
#include "protocol/domain/person_key.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/telling.h"
#include "web/app/zones.h"

namespace opora::app {

namespace {

constexpr std::size_t kMaxPhone = 40;  // as the form has them
constexpr std::size_t kMaxName = 200;
constexpr LocalDay kLastBirth{365 * 130};  // any day up to 2100: nobody later is known anyway

std::string read_phone(web::QueryReader& in) {
  const auto typed = in.line("phone", {1, kMaxPhone});
  if (!typed) return "";
  std::string key = protocol::phone_key(*typed);
  if (key.empty()) in.fail("phone", "no telephone number in it");
  return key;
}

std::string read_mail(web::QueryReader& in) {
  const auto typed = in.line("email", {1, protocol::kMaxMailBytes});
  if (!typed) return "";
  std::string key = protocol::mail_key(*typed);
  if (!protocol::is_mail_address(key)) in.fail("email", "not a mail address");
  return key;
}

// A name alone is many people.
std::string read_name_and_birth(web::QueryReader& in) {
  const auto name = in.line("applicant", {1, kMaxName});
  const auto birth = in.line("birth_date", {10, 10});
  if (!name && !birth) return "";
  if (!birth) in.fail("birth_date", "required with applicant");
  if (!name) in.fail("applicant", "required with birth_date");
  if (birth && !protocol::is_birth_date(*birth, kLastBirth))
    in.fail("birth_date", "YYYY-MM-DD, from 1900 on");
  std::string key = protocol::person_key(name.value_or(""), birth.value_or(""));
  if (name && birth && key.empty()) in.fail("applicant", "no name in it");
  return key;
}

}  // namespace

std::string PersonQuery::name() const {
  if (!phone.empty()) return "phone";
  if (!mail.empty()) return "email";
  return person.empty() ? "" : "applicant";
}

Bytes PersonQuery::rows(protocol::Kind kind) const {
  if (!phone.empty()) return protocol::keys::by_phone(phone, kind);
  if (!mail.empty()) return protocol::keys::by_mail(mail, kind);
  return person.empty() ? Bytes{} : protocol::keys::by_person(person, kind);
}

PersonQuery read_person(web::QueryReader& in) {
  PersonQuery out{read_phone(in), read_mail(in), read_name_and_birth(in)};
  if (!out.phone.empty() && !out.mail.empty()) in.fail("email", "not together with phone");
  if (!out.person.empty() && !(out.phone + out.mail).empty())
    in.fail("applicant", "not together with " + out.name());
  return out;
}

}  // namespace opora::app
