#include "web/app/command.h"

#include <algorithm>

#include "web/app/disk_room.h"
#include "web/server/problem.h"

namespace opora::app {

namespace {

constexpr std::size_t kMaxKeyChars = 64;
constexpr std::string_view kKeyField = "Idempotency-Key";

bool valid_key(std::string_view key) {
  const auto valid = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !key.empty() && key.size() <= kMaxKeyChars && std::all_of(key.begin(), key.end(), valid);
}

// The digits of time of a UUID of version 7: "018f3a2b-1c5d-7…".
std::optional<Bytes> time_digits(std::string_view key) {
  const bool version_7 =
      key.size() == 36 && key[8] == '-' && key[13] == '-' && key[14] == '7' && key[18] == '-';
  if (!version_7) return std::nullopt;
  return from_hex(Bytes(key.substr(0, 8)).append(key.substr(9, 4)));
}

}  // namespace

// The request line goes into the body's hash, so that one key cannot be used for two actions.
Result<std::optional<sync::CommandKey>> command_key(const Change& change) {
  const auto text = change.request.headers.find(kKeyField);
  if (!text) {
    if (change.key == KeyRule::kOptional) return std::optional<sync::CommandKey>{};
    return invalid(std::string(kKeyField), "required");
  }
  if (!valid_key(*text)) return invalid(std::string(kKeyField), "1 to 64 of A-Z a-z 0-9 - _");
  sync::CommandKey key;
  key.id = command_id(change.user.id, *text);
  key.time = time_of_key(*text);
  key.body = hash256({web::method_name(change.request.method), " ", change.request.target, "\n",
                      change.request.body});
  return std::optional(key);
}

namespace {

web::Response json_from(const sync::Answer& answer) {
  KeyReader reader(answer);
  const int status = reader.u16();
  return web::json_response(status, std::string(reader.rest()));
}

}  // namespace

CommandId command_id(const AggregateId& user, std::string_view key) {
  const AggregateId hash = id_from("command", {user.view(), key});
  CommandId id = *CommandId::from(hash.view());
  if (const auto time = time_digits(key)) std::copy(time->begin(), time->end(), id.b.begin());
  return id;
}

std::optional<TimeMs> time_of_key(std::string_view key) {
  const auto digits = time_digits(key);
  if (!digits) return std::nullopt;
  KeyReader reader(*digits);
  const std::uint64_t high = reader.u16();
  return TimeMs{static_cast<std::int64_t>(high << 32 | reader.u32())};
}

Result<sync::Answer> emitted(sync::Decision& decision, Result<protocol::Drafts> drafts) {
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  return sync::Answer{};
}

void submit(const Context& context, Change change, const web::Respond& respond) {
  auto key = change.known_key ? Result(change.known_key) : command_key(change);
  if (!key.ok()) return respond(web::problem(key.error()));
  const bool low = context.disk_room != nullptr && context.disk_room->low();
  if (low && !finishes_a_call(change.request)) return respond(web::problem(disk_full()));
  sync::Command command;
  command.key = *key;
  command.actor = change.user.id;
  command.decide = std::move(change.decide);
  command.answer_at = change.render ? sync::AnswerAt::kRows : sync::AnswerAt::kSync;
  if (!change.render) change.render = json_from;
  command.done = [respond, render = std::move(change.render)](Result<sync::Answer> answer) {
    respond(answer.ok() ? render(*answer) : web::problem(answer.error()));
  };
  context.engine.submit(std::move(command));
}

sync::Answer json_answer(int status, const std::string& json) {
  return KeyWriter().u16(static_cast<std::uint16_t>(status)).take() + json;
}

}  // namespace opora::app
