#include "node/telephony/ami/packet.h"

#include <algorithm>

namespace opora::telephony::ami {

namespace {

constexpr std::string_view kGreeting = "Asterisk Call Manager/";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Error too_large() { return {Code::kTooLarge, "", "a packet of the PBX"}; }

}  // namespace

std::string_view Packet::get(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields, [&](const auto& each) { return is_same(each.first, name); });
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Status PacketReader::feed(std::string_view bytes) {
  if (broken_) return too_large();
  for (std::size_t from = 0; from < bytes.size();) {
    const std::size_t end = bytes.find('\n', from);
    const std::string_view piece =
        bytes.substr(from, end == std::string_view::npos ? end : end - from);
    if (rest_.size() + piece.size() > kMaxLine) {
      broken_ = true;
      return too_large();
    }
    rest_ += piece;
    if (end == std::string_view::npos) return ok_status();
    from = end + 1;
    if (rest_.ends_with('\r')) rest_.pop_back();
    Status read = line(rest_);
    rest_.clear();
    if (!read.ok()) {
      broken_ = true;
      return read;
    }
  }
  return ok_status();
}

Status PacketReader::line(std::string_view line) {
  if (!greeted_) {
    greeted_ = line.starts_with(kGreeting);
    if (greeted_) return ok_status();
    return Error{Code::kUnavailable, "", "this is no AMI"};
  }
  if (line.empty()) {
    if (!packet_.fields.empty()) packets_.push_back(std::exchange(packet_, {}));
    return ok_status();
  }
  if (packet_.fields.size() == kMaxFields) return too_large();
  const std::size_t colon = line.find(':');
  // Output of a command has lines without one: nothing that we ask for.
  if (colon == std::string_view::npos) return ok_status();
  packet_.fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  return ok_status();
}

Packet PacketReader::take() {
  Packet out = std::move(packets_.front());
  packets_.pop_front();
  return out;
}

std::string action(std::string_view name,
                   const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out = "Action: " + std::string(name) + "\r\n";
  for (const auto& [field, value] : fields)
    if (value.find_first_of("\r\n") == std::string::npos) {
      out += field;
      out += ": " + value + "\r\n";
    }
  return out + "\r\n";
}

}  // namespace opora::telephony::ami
