# SPDX-License-Identifier: Apache-2.0
#
# cormorant_generate(TARGET app OUTPUT library MODELS models/*.h)
#
# Has `corm generate` write library.h and library.c into the build directory, again whenever a model or a header that it
# includes has changed, and adds them to the target.

function(cormorant_generate)
	cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;OUTPUT" "MODELS")
	if(arg_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "cormorant_generate: unknown argument \"${arg_UNPARSED_ARGUMENTS}\"")
	endif()
	foreach(name TARGET OUTPUT MODELS)
		if(NOT arg_${name})
			message(FATAL_ERROR "cormorant_generate: ${name} is missing "
				"(write cormorant_generate(TARGET app OUTPUT library MODELS models/*.h))")
		endif()
	endforeach()

	set(models)
	foreach(pattern ${arg_MODELS})
		get_filename_component(pattern ${pattern} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
		file(GLOB found CONFIGURE_DEPENDS ${pattern})
		if(NOT found)
			message(FATAL_ERROR "cormorant_generate: no model header \"${pattern}\"")
		endif()
		list(APPEND models ${found})
	endforeach()

	get_filename_component(output ${arg_OUTPUT} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
	get_filename_component(directory ${output} DIRECTORY)
	file(MAKE_DIRECTORY ${directory})

	# The depfile names the headers that the models include. Makefiles take one since CMake 3.20 only.
	set(write_depfile)
	set(read_depfile)
	if(CMAKE_GENERATOR MATCHES Ninja OR CMAKE_VERSION VERSION_GREATER_EQUAL 3.20)
		set(write_depfile --depfile ${output}.d)
		set(read_depfile DEPFILE ${output}.d)
	endif()
	if(POLICY CMP0116)
		cmake_policy(SET CMP0116 NEW)
	endif()
	add_custom_command(
		OUTPUT ${output}.h ${output}.c
		COMMAND Cormorant::corm generate -o ${output} ${write_depfile} ${models}
		DEPENDS Cormorant::corm ${models}
		${read_depfile}
		COMMENT "corm generate ${arg_OUTPUT}"
		VERBATIM)
	target_sources(${arg_TARGET} PRIVATE ${output}.c ${output}.h)
	target_include_directories(${arg_TARGET} PRIVATE ${directory})
endfunction()
