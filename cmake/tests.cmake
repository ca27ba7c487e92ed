# Test, fuzz and bench programs.

# unit_<folder> from tests/unit/<folder>/*_test.c, linked with that layer and what is below it.
function(kg_unit_test layer)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/unit/${layer}/*.c")
    if(NOT sources)
        return()
    endif()
    if(NOT TARGET PkgConfig::cmocka)
        message(FATAL_ERROR "cmocka is missing: run ./dev setup")
    endif()
    kg_add_program(unit_${layer} ${layer} ${sources} "${CMAKE_SOURCE_DIR}/tests/unit/check.c")
    target_include_directories(unit_${layer} PRIVATE "${CMAKE_SOURCE_DIR}/tests/unit")
    target_link_libraries(unit_${layer} PRIVATE PkgConfig::cmocka)
    target_compile_definitions(unit_${layer} PRIVATE KG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME unit_${layer} COMMAND unit_${layer})
    add_dependencies(unit_tests unit_${layer})
endfunction()

add_custom_target(unit_tests)
foreach(layer IN LISTS KG_LAYERS)
    kg_unit_test(${layer})
endforeach()

# Fuzzers and bench programs may use every layer that exists.
add_library(kg_all INTERFACE)
foreach(layer IN LISTS KG_LAYERS)
    if(TARGET kg_${layer})
        target_link_libraries(kg_all INTERFACE kg_${layer})
    endif()
endforeach()

# tests/fuzz/<name>_fuzz.c: with libFuzzer when KG_FUZZ is on, else with a plain driver that runs
# saved inputs (tests/fuzz/replay.c), so that corpora are part of every test run.
add_custom_target(fuzzers)
file(GLOB fuzz_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzz.c")
foreach(source IN LISTS fuzz_sources)
    get_filename_component(name "${source}" NAME_WE)
    if(KG_FUZZ)
        kg_add_program(${name} all "${source}")
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
        kg_add_program(${name} all "${source}" "${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c")
    endif()
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
    add_dependencies(fuzzers ${name})
endforeach()

file(GLOB bench_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bench/*.c")
foreach(source IN LISTS bench_sources)
    get_filename_component(name "${source}" NAME_WE)
    kg_add_program(bench_${name} all "${source}")
    target_link_libraries(bench_${name} PRIVATE kg_foreign_duckdb)
    set_target_properties(bench_${name} PROPERTIES
        OUTPUT_NAME "${name}" RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
endforeach()
