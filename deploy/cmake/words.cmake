# opora_words(TARGET TABLE KEY…): what of the screens' catalogue (web/ui/messages) a C++ library says itself. The build writes
# a row {"key", "in Russian", "in English"} for each KEY into TABLE (a path below generated/, that a source of TARGET
# includes), so that nothing else of the catalogue is in the binary. A key that a language lacks stops the build.
function(opora_words target table)
  set(catalogue ${PROJECT_SOURCE_DIR}/web/ui/messages)
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/words_table.cmake)
  set(out ${PROJECT_BINARY_DIR}/generated/${table})
  string(REPLACE ";" "," keys "${ARGN}")
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DRU=${catalogue}/ru.json -DEN=${catalogue}/en.json -DKEYS=${keys} -DOUT=${out} -P ${script}
    DEPENDS ${script} ${catalogue}/ru.json ${catalogue}/en.json
    COMMENT "Words of ${target}" VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
