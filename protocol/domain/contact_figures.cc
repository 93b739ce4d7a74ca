#include "protocol/domain/contact_figures.h"

#include "protocol/base/archive.h"
#include "protocol/domain/colleagues.h"

namespace opora::protocol {

namespace {

FigureSet figures_of(const ContactState& s) {
  const bool call = s.channel == Channel::kPhone && s.direction == Direction::kIn;
  FigureSet out = set_of(ContactFigure::kAll);
  if (!call) out.v |= set_of(ContactFigure::kOther).v;
  if (s.outcome == Outcome::kSolved) out.v |= set_of(ContactFigure::kSolved).v;
  return out;
}

}  // namespace

FigureSet set_of(ContactFigure figure) {
  return FigureSet{static_cast<std::uint16_t>(1U << static_cast<std::uint8_t>(figure))};
}

std::optional<std::int64_t> ContactCount::solved_pct() const {
  return percent_of(at(ContactFigure::kSolved), at(ContactFigure::kAll));
}

void ContactCount::add(const Counters& more) { add_to(counters, more); }

void add_contact_figures(Facets& out, const AggregateId& id, const ContactState& contact) {
  const TicketClass of = class_of(contact.asking);
  const LocalDay day{local_day(contact.occurred_at, contact.zone_offset_min)};
  const std::string subject = subject_value(contact.asking);
  const FigureSet figures = figures_of(contact);
  const auto add = [&](SiteNo scope, TicketGroup group, std::string_view value) {
    const Bytes cell = keys::contact_cells(of, scope, group, day);
    out.cubes.push_back({KeyWriter().raw(cell).raw(value).take(), ones_of(figures)});
  };
  for (const SiteNo scope : {contact.site, kHubSite}) {
    add(scope, TicketGroup::kDay, "");
    add(scope, TicketGroup::kLine, std::to_string(kFirstLine));
    add(scope, TicketGroup::kTopic, contact.topic);
    add(scope, TicketGroup::kOperator, contact.operator_id.hex());
    if (!subject.empty()) add(scope, TicketGroup::kSubject, subject);
  }
  add(kHubSite, TicketGroup::kSite, std::to_string(contact.site.v));
  const Bytes key = KeyWriter()
                        .raw(keys::contact_moments(of, day))
                        .u32(contact.site.v)
                        .i64(contact.occurred_at.v)
                        .raw(id.view())
                        .take();
  out.index.push_back({key, to_row(TicketMoment{contact.site,
                                                kFirstLine,
                                                {},
                                                contact.topic,
                                                figures,
                                                "",
                                                subject,
                                                contact.operator_id})});
}

namespace keys {

Bytes contact_cells(TicketClass of, SiteNo scope, TicketGroup group, LocalDay from) {
  return KeyWriter()
      .u8('y')
      .u8(static_cast<std::uint8_t>(of))
      .u32(scope.v)
      .u8(static_cast<std::uint8_t>(group))
      .u32(static_cast<std::uint32_t>(from.v))
      .take();
}

Bytes contact_moments(TicketClass of) {
  return KeyWriter().u8('j').u8(static_cast<std::uint8_t>(of)).take();
}

Bytes contact_moments(TicketClass of, LocalDay from) {
  return KeyWriter().raw(contact_moments(of)).u32(static_cast<std::uint32_t>(from.v)).take();
}

}  // namespace keys

}  // namespace opora::protocol
