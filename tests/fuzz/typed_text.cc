// What people and programs type into single fields: targets, telephone numbers, ticket numbers,
// support and enrolment codes, times. Whatever reads once reads the same from its own canonical
// form.
#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "protocol/domain/phone.h"
#include "protocol/domain/support_code.h"
#include "protocol/domain/ticket_number.h"
#include "protocol/link/enrol_code.h"
#include "tests/fuzz/input.h"
#include "web/server/target.h"
#include "web/server/time_text.h"

using namespace opora;

namespace {

void check_phone(std::string_view text) {
  const auto phone = protocol::parse_phone(text);
  if (phone.number.starts_with('+')) {
    OPORA_CHECK(protocol::parse_phone(phone.number).number == phone.number);
  }
  OPORA_CHECK(protocol::phone_key(text) == phone.number);
}

void check_ticket_number(std::string_view text) {
  const auto number = protocol::parse_ticket_number(text);
  if (!number.ok()) return;
  const auto again = protocol::parse_ticket_number(protocol::to_text(*number));
  OPORA_CHECK(again.ok() && *again == *number);
}

void check_support_code(std::string_view text) {
  const auto code = protocol::parse_support_code(text);
  if (!code.ok()) return;
  const auto again = protocol::parse_support_code(protocol::shown_support_code(*code));
  OPORA_CHECK(again.ok() && *again == *code);
}

void check_enrol_code(std::string_view text) {
  const auto code = protocol::parse_enrol_code(text);
  if (!code.ok()) return;
  const auto again = protocol::parse_enrol_code(protocol::format_enrol_code(*code));
  OPORA_CHECK(again.ok() && *again == *code);
}

void check_time(std::string_view text) {
  if (const auto time = web::from_rfc3339(text)) {
    OPORA_CHECK(web::from_rfc3339(web::to_rfc3339(*time)) == time);
  }
  if (const auto date = web::date_from_text(text)) {
    OPORA_CHECK(web::date_from_text(web::date_to_text(*date)) == date);
  }
}

void check_target(std::string_view text) {
  const auto target = web::parse_target(text, 32);
  if (!target.ok()) return;
  OPORA_CHECK(target->path.starts_with('/') && is_utf8(target->path));
  OPORA_CHECK(target->path.find("/../") == std::string::npos && target->query.size() <= 32);
}

void check_utf8(std::string_view text) {
  std::string copy;
  for (std::string_view rest = text; !rest.empty();) append_utf8(copy, take_code_point(rest));
  OPORA_CHECK(is_utf8(copy) && code_points(copy) == code_points(text));
  OPORA_CHECK(!is_utf8(text) || copy == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes text = fuzz::input_bytes(data, size);
  check_phone(text);
  check_ticket_number(text);
  check_support_code(text);
  check_enrol_code(text);
  check_time(text);
  check_target(text);
  check_utf8(text);
  return 0;
}
