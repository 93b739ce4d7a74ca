#include "protocol/domain/texts.h"

#include <algorithm>
#include <string>

#include "protocol/base/utf8.h"

namespace opora::protocol {
namespace {

bool has_control_characters(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool allowed = byte == '\t' || byte == '\n' || byte == '\r';
    if ((byte < 0x20 && !allowed) || byte == 0x7F) return true;
  }
  return false;
}

}  // namespace

TextLimit limit_of(PersonalField field) {
  switch (field) {
    case PersonalField::kPhone:
    case PersonalField::kPhoneGiven: return kPhoneLimit;
    case PersonalField::kTemperature: return kTemperatureLimit;
    case PersonalField::kBirthDate: return kDateLimit;
    case PersonalField::kMail:
    case PersonalField::kSentTo: return kMailLimit;
    case PersonalField::kApplicant:
    case PersonalField::kOrganisation:
    case PersonalField::kMunicipality:
    case PersonalField::kAddress:
    case PersonalField::kName:
    case PersonalField::kDoctor: return kNameLimit;
    case PersonalField::kDetails:
    case PersonalField::kSummary:
    case PersonalField::kNote:
    case PersonalField::kText:
    case PersonalField::kDescription: return kFreeTextLimit;
    case PersonalField::kPasswordHash: return kPasswordHashLimit;
    case PersonalField::kTokenHash: return kTokenHashLimit;
    case PersonalField::kFileName: return kFileNameLimit;
    case PersonalField::kFileKey: return kFileKeyLimit;
    case PersonalField::kPeaks: return kPeaksLimit;
  }
  return kNameLimit;  // a field of a newer version: the short limit is the safe one
}

bool is_zone_name(std::string_view zone) {
  const auto valid = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !zone.empty() && zone.size() <= kZoneLimit.max && zone.front() != '/' &&
         std::all_of(zone.begin(), zone.end(), valid);
}

Status check_text(std::string_view path, std::string_view text, TextLimit limit) {
  const auto refuse = [&](std::string message) {
    return invalid(std::string(path), std::move(message));
  };
  if (!is_utf8(text)) return refuse("is not UTF-8");
  const std::size_t length = limit.unit == CountedIn::kBytes ? text.size() : code_points(text);
  if (length < limit.min) return refuse("is shorter than " + std::to_string(limit.min));
  if (length > limit.max) return refuse("is longer than " + std::to_string(limit.max));
  if (has_control_characters(text)) return refuse("has control characters");
  return ok_status();
}

}  // namespace opora::protocol
