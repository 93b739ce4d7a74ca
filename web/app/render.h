// Records as the API writes them (web/api/openapi.yaml). Reads from one snapshot; any thread.
#pragma once

#include <map>
#include <string>

#include "protocol/domain/call_summary.h"
#include "protocol/domain/ticket_number.h"
#include "web/app/context.h"
#include "web/app/people.h"
#include "web/app/render_numbers.h"
#include "web/app/render_tellings.h"
#include "web/server/json_writer.h"

namespace opora::app {

// One answer's worth of reading: caches the names that its rows share.
class Renderer {
 public:
  Renderer(const Context& context, const sync::Reader& rows)
      : context_(context), rows_(rows), people_(rows) {}

  void call(web::JsonWriter& out, const protocol::Entity& entity);
  void contact(web::JsonWriter& out, const protocol::Entity& entity);
  // With its call (T11).
  void contact_card(web::JsonWriter& out, const protocol::Entity& entity);
  void ticket(web::JsonWriter& out, const protocol::Entity& entity);
  // With contact, resolution and timeline.
  void ticket_card(web::JsonWriter& out, const protocol::Entity& entity);
  void problem(web::JsonWriter& out, const protocol::Entity& entity);

  const std::string& topic_name(const std::string& topic);
  People& people() { return people_; }
  // What of patients was written so far; for those who note reads (read_audit.h).
  const ShownRecords& shown() const { return shown_; }
  // A contact whose patient is named without the rest of it.
  void note_shown(const protocol::Entity& contact);
  void note_shown_ticket(const protocol::Entity& ticket);
  // Addresses of letters are masked unless somebody says otherwise.
  void show(Addresses addresses) { addresses_ = addresses; }

  // ✓ on the node, ✓✓ in the region.
  std::string_view receipt(SiteNo origin, StreamPos n) const;

 private:
  // Two members: the login and, beside it, the name.
  void person(web::JsonWriter& out, std::string_view login, std::string_view name,
              const AggregateId& user);
  void contact_fields(web::JsonWriter& out, const protocol::Entity& entity);
  void ticket_fields(web::JsonWriter& out, const protocol::Entity& entity);
  void timeline(web::JsonWriter& out, const protocol::Entity& entity);
  void ownership(web::JsonWriter& out, const protocol::TicketState& ticket);
  void timeline_entry(web::JsonWriter& out, const protocol::Event& event,
                      const protocol::TicketState& ticket);
  void erasure_entry(web::JsonWriter& out, const AggregateId& target);
  bool overlaps(const protocol::CallState& call, const protocol::CallSummary& summary,
                const AggregateId& id);
  bool duplicate_number(const protocol::TicketState& ticket);

  const Context& context_;
  const sync::Reader& rows_;
  std::map<std::string, std::string> topics_;
  bool topics_loaded_ = false;
  People people_;
  ShownRecords shown_;
  Addresses addresses_ = Addresses::kMasked;
};

// Null for an empty text.
std::optional<std::string_view> text_or_null(const std::string& text);

}  // namespace opora::app
