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

// Keys of different users never meet: the user goes into the id. The request line goes into the
// body's hash, so that one key cannot be used for two actions.
Result<std::optional<sync::CommandKey>> command_key(const Change& change) {
  const auto text = change.request.headers.find(kKeyField);
  if (!text) {
    if (change.key == KeyRule::kOptional) return std::optional<sync::CommandKey>{};
    return invalid(std::string(kKeyField), "required");
  }
  if (!valid_key(*text)) return invalid(std::string(kKeyField), "1 to 64 of A-Z a-z 0-9 - _");
  const AggregateId hash = id_from("command", {change.user.id.view(), *text});
  sync::CommandKey key;
  key.id = *CommandId::from(hash.view());
  key.body = hash256({web::method_name(change.request.method), " ", change.request.target, "\n",
                      change.request.body});
  return std::optional(key);
}

web::Response json_from(const sync::Answer& answer) {
  KeyReader reader(answer);
  const int status = reader.u16();
  return web::json_response(status, std::string(reader.rest()));
}

}  // namespace

void submit(const Context& context, Change change, const web::Respond& respond) {
  auto key = command_key(change);
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
