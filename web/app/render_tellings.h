// What a ticket's card says of telling the applicant (A15): what waits and why, and, in the
// timeline, what was said to whom. Any thread.
#pragma once

#include "protocol/domain/state.h"
#include "web/app/context.h"
#include "web/server/json_writer.h"

namespace opora::app {

// A telling's name in the API: the place of its event, "term.seq".
std::string telling_name(const protocol::Telling& telling);
struct TellingPlace {
  OwnerTerm term;
  OwnerSeq seq;
};
std::optional<TellingPlace> parse_telling_name(std::string_view text);

// One item, an object.
void write_telling(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const protocol::Entity& ticket, const protocol::Telling& telling);
// "to_tell".
void write_to_tell(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const protocol::Entity& ticket);

// The whole address is for those who talk to the applicant.
enum class Addresses : std::uint8_t { kMasked, kWhole };
// "told" of an entry of the timeline; null for other events.
void write_told(web::JsonWriter& out, const protocol::Event& event, Addresses addresses);

}  // namespace opora::app
