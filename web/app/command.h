// From an HTTP request to the engine and back: the Idempotency-Key becomes the command id, the
// answer goes out after the sync.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "web/app/auth.h"
#include "web/app/context.h"
#include "web/server/http.h"

namespace opora::app {

enum class KeyRule : std::uint8_t { kRequired, kOptional };

struct Change {
  const web::Request& request;
  const User& user;
  KeyRule key = KeyRule::kRequired;
  // Runs on the engine's thread; pure but for what Decision offers. Captures values only.
  std::function<Result<sync::Answer>(sync::Decision&)> decide;
  // Turns the (stored) answer into the response, on the engine's thread after the sync and when the
  // rows can be read: keep it short; heavy rendering reads a snapshot and is still microseconds.
  // The same answer again gives the same response. Without it the answer is a json_answer(), which
  // goes out at the sync.
  std::function<web::Response(const sync::Answer&)> render{};
  // By command_key(), when it was asked for before: of a large body once is enough.
  std::optional<sync::CommandKey> known_key{};
};

// Of a change's Idempotency-Key and its request. kInvalid "Idempotency-Key"; nothing when none is
// there and none is needed.
Result<std::optional<sync::CommandKey>> command_key(const Change& change);

// The id of a user's command with this key: keys of different users never meet. The time of a key
// that is a UUID of version 7 (RFC 9562) comes in front, so that the rows of what is done one after
// the other are neighbours in the store.
CommandId command_id(const AggregateId& user, std::string_view key);
std::optional<TimeMs> time_of_key(std::string_view key);

void submit(const Context& context, Change change, const web::Respond& respond);

// For a decision whose answer says nothing: what is shown afterwards is what is kept then.
Result<sync::Answer> emitted(sync::Decision& decision, Result<protocol::Drafts> drafts);

// Answer bytes that are a status and a ready JSON body: the first answer is given again to the
// letter (Change without render).
sync::Answer json_answer(int status, const std::string& json);

}  // namespace opora::app
