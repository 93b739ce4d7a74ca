#include "protocol/base/hash.h"
#include "protocol/domain/day_rows.h"
#include "protocol/domain/desk_cells.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

namespace keys {

namespace {
constexpr std::int64_t kQuarterMs = 15 * 60'000;

Bytes rows_of_day(char family, const keys::DayRows& rows) {
  KeyWriter key;
  key.u8(static_cast<std::uint8_t>(family)).u32(static_cast<std::uint32_t>(rows.day));
  if (rows.site) key.u32(rows.site->v);
  if (rows.site && rows.desk) key.u16(rows.desk->v);
  return key.take();
}

KeyWriter desk_of_day(char family, std::int32_t day, SiteNo site, DeskNo desk) {
  KeyWriter key;
  key.u8(static_cast<std::uint8_t>(family))
      .u32(static_cast<std::uint32_t>(day))
      .u32(site.v)
      .u16(desk.v);
  return key;
}

Bytes family(char c) { return Bytes(1, c); }

Bytes by_hash(const AggregateId& hash, Kind kind) {
  return KeyWriter().u8('p').raw(hash.view()).u8(static_cast<std::uint8_t>(kind)).take();
}
}  // namespace

Bytes day_cube(std::int32_t day, SiteNo site, DeskNo desk) {
  return desk_of_day('d', day, site, desk).take();
}
Bytes day_cube_prefix(std::int32_t day) {
  return KeyWriter().u8('d').u32(static_cast<std::uint32_t>(day)).take();
}

Bytes quarter_cube(SiteNo site, DeskNo desk, TimeMs at, std::string_view line) {
  return KeyWriter().u8('q').u32(site.v).u16(desk.v).i64(at.v / kQuarterMs).text(line).take();
}

Bytes quarter_cubes(SiteNo site, DeskNo desk) {
  return KeyWriter().u8('q').u32(site.v).u16(desk.v).take();
}
Bytes quarter_cubes(SiteNo site, DeskNo desk, TimeMs at) {
  return KeyWriter().u8('q').u32(site.v).u16(desk.v).i64(at.v / kQuarterMs).take();
}
TimeMs quarter_of(std::string_view cube_key) {
  KeyReader reader(cube_key);
  reader.u8();
  reader.u32();
  reader.u16();
  return TimeMs{reader.i64() * kQuarterMs};
}

Bytes agent_day(std::int32_t day, SiteNo site, DeskNo desk, std::string_view agent) {
  return desk_of_day('a', day, site, desk).text(agent).take();
}
Bytes agent_day_prefix(std::int32_t day) {
  return KeyWriter().u8('a').u32(static_cast<std::uint32_t>(day)).take();
}

Bytes calls_of_day(std::int32_t day, SiteNo site, DeskNo desk) {
  return desk_of_day('C', day, site, desk).take();
}
Bytes calls_of_day(const DayRows& rows) { return rows_of_day('C', rows); }
Bytes live_calls(SiteNo site) { return KeyWriter().u8('L').u32(site.v).take(); }
Bytes agent_calls(SiteNo site, std::string_view agent) {
  return KeyWriter().u8('A').u32(site.v).text(agent).take();
}
Bytes contacts_of_day(std::int32_t day, SiteNo site, DeskNo desk) {
  return desk_of_day('N', day, site, desk).take();
}
Bytes contacts_of_day(const DayRows& rows) { return rows_of_day('N', rows); }
Bytes latest_contacts() { return family('c'); }
Bytes ticket_by_number(SiteNo site, std::uint32_t counter) {
  return KeyWriter().u8('#').u32(site.v).u32(counter).take();
}
Bytes contact_by_number(SiteNo site, std::uint32_t counter) {
  return KeyWriter().u8('H').u32(site.v).u32(counter).take();
}
Bytes tickets(Openness openness) {
  return KeyWriter().u8('T').u8(static_cast<std::uint8_t>(openness)).take();
}
Bytes leased_tickets(SiteNo owner) { return KeyWriter().u8('E').u32(owner.v).take(); }
Bytes by_phone(std::string_view phone_key) { return KeyWriter().u8('P').text(phone_key).take(); }
Bytes by_phone(std::string_view phone_key, Kind kind) {
  return KeyWriter().u8('P').text(phone_key).u8(static_cast<std::uint8_t>(kind)).take();
}
Bytes by_mail(std::string_view mail_key, Kind kind) {
  return by_hash(id_from("mail address", {mail_key}), kind);
}
Bytes by_person(std::string_view person_key, Kind kind) {
  return by_hash(id_from("name and birth", {person_key}), kind);
}
Bytes problems(ProblemRows which) {
  return KeyWriter().u8('B').u8(static_cast<std::uint8_t>(which)).take();
}
Bytes user_by_login(std::string_view login) { return KeyWriter().u8('U').text(login).take(); }
Bytes users() { return family('U'); }
Bytes user_by_token(std::string_view token_hash) {
  return KeyWriter().u8('Y').text(token_hash).take();
}
Bytes site(SiteNo site) { return KeyWriter().u8('S').u32(site.v).take(); }
Bytes sites() { return family('S'); }
Bytes support_code(std::string_view code) { return KeyWriter().u8('k').text(code).take(); }
Bytes production_year(std::uint16_t year) { return KeyWriter().u8('D').u16(year).take(); }
Bytes production_years() { return family('D'); }
Bytes calendar(std::string_view id) { return KeyWriter().u8('W').text(id).take(); }
Bytes calendars() { return family('W'); }
Bytes queue(std::string_view id) { return KeyWriter().u8('Q').text(id).take(); }
Bytes queues() { return family('Q'); }
Bytes competence(std::string_view id) { return KeyWriter().u8('O').text(id).take(); }
Bytes competences() { return family('O'); }
Bytes text_template(std::string_view id) { return KeyWriter().u8('F').text(id).take(); }
Bytes text_templates() { return family('F'); }
Bytes agents(SiteNo site) { return KeyWriter().u8('G').u32(site.v).take(); }
Bytes erasures() { return family('X'); }
Bytes reads() { return family('R'); }

AggregateId id_of(std::string_view index_key) {
  constexpr std::size_t kIdSize = sizeof(AggregateId);
  if (index_key.size() < kIdSize) return {};
  return AggregateId::from(index_key.substr(index_key.size() - kIdSize)).value_or(AggregateId{});
}

std::uint64_t descending(std::uint64_t v) { return ~v; }

}  // namespace keys

DayCell day_cell(std::string_view cube_key) {
  KeyReader reader(cube_key);
  reader.u8();
  const auto day = static_cast<std::int32_t>(reader.u32());
  const SiteNo site{reader.u32()};
  return DayCell{day, site, DeskNo{reader.u16()}};
}

Bytes counters_row(const Counters& counters) {
  std::size_t used = counters.size();
  while (used > 0 && counters[used - 1] == 0) --used;
  KeyWriter row;
  for (std::size_t i = 0; i < used; ++i) row.i64(counters[i]);
  return row.take();
}

Counters counters_of(std::string_view row) {
  KeyReader reader(row);
  Counters out{};
  for (std::size_t i = 0; i < out.size() && !reader.at_end(); ++i) out[i] = reader.i64();
  return reader.at_end() ? out : Counters{};
}

}  // namespace opora::protocol
