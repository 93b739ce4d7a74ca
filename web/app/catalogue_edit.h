// What changing a record of a catalogue has in common: the version it was made from, and the way of
// a command from its body to the answer, which shows the record as it is kept now.
#pragma once

#include <limits>
#include <utility>

#include "protocol/domain/state.h"
#include "web/app/api.h"
#include "web/app/command.h"
#include "web/server/json_reader.h"
#include "web/server/json_writer.h"
#include "web/server/problem.h"

namespace opora::app {

inline OwnerSeq read_version(web::JsonReader& in) {
  return OwnerSeq{static_cast<std::uint32_t>(
      in.integer("version", {0, std::numeric_limits<std::uint32_t>::max()}))};
}

inline void write_version(web::JsonWriter& out, OwnerSeq version, Hlt changed) {
  out.field("version", version.v);
  out.field("changed_at", changed.v == 0 ? std::nullopt : std::optional(changed.time()));
}

// `read` makes a command of the body, `decide` runs on the engine's thread, `show` answers.
template <class Read, class Decide, class Show>
void edit_catalogue(const Context& context, const web::Request& request,
                    const web::Respond& respond, Read read, Decide decide, Show show) {
  auto user = authorize(context, request, protocol::Action::kEditCalendars);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto command = read();
  if (!command.ok()) return respond(web::problem(command.error()));
  auto decided = [decide,
                  command = std::move(*command)](sync::Decision& decision) -> Result<sync::Answer> {
    return decide(decision, command);
  };
  auto render = [show](const sync::Answer&) { return show(); };
  submit(context, {request, *user, KeyRule::kRequired, std::move(decided), std::move(render)},
         respond);
}

}  // namespace opora::app
