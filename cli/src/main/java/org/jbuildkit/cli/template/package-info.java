/**
 * Templates in the language of Go's {@code text/template}, over typed values with the field names
 * of the original programs: what {@code --format} takes. Start with {@link
 * org.jbuildkit.cli.template.Template} and {@link org.jbuildkit.cli.template.Value}. Nothing is
 * found by reflection: what a template may name is in the value. Methods, channels and complex
 * numbers do not exist here. Templates come from the user and may run for ever, as they may in the
 * original.
 */
@NullMarked
package org.jbuildkit.cli.template;

import org.jspecify.annotations.NullMarked;
