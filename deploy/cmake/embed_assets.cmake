# opora_embed_assets(TARGET DIR [DEPENDS …]): a static library TARGET that defines opora::web::embedded_assets() with the
# files of DIR, their .br and .gz variants beside them. The bytes enter by the assembler's .incbin, so that megabytes cost
# no compile time. DIR may be missing or "": the store is then empty and "/" answers "UI not built".
# DEPENDS: what must be built before DIR is read (a stamp of the UI build); without it, the files of DIR themselves.
function(opora_embed_assets target dir)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_assets_table.cmake)
  if(dir AND NOT ARG_DEPENDS)
    file(GLOB_RECURSE ARG_DEPENDS CONFIGURE_DEPENDS ${dir}/*)
  endif()
  set(table ${CMAKE_CURRENT_BINARY_DIR}/${target}.cc)
  add_custom_command(OUTPUT ${table}
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir} -DOUT=${table} -P ${script}
    DEPENDS ${script} ${ARG_DEPENDS}
    COMMENT "Embedding ${target}" VERBATIM)
  add_library(${target} STATIC ${table})
  target_link_libraries(${target} PUBLIC opora_web)
endfunction()
