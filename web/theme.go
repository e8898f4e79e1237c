package web

import (
	"net/http"
	"net/url"
)

// themeCookie holds "light" or "dark"; without it the system's choice holds. It is read by the server, so that a
// page arrives in its colours and does not flash.
const themeCookie = "theme"

// themeAge is a year: a choice of colours is not asked for twice.
const themeAge = 365 * 24 * 60 * 60

func themeOf(r *http.Request) string {
	c, err := r.Cookie(themeCookie)
	if err != nil || (c.Value != "light" && c.Value != "dark") {
		return ""
	}
	return c.Value
}

// setTheme keeps the choice and goes back to where it was made.
func (s *server) setTheme(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	c := &http.Cookie{Name: themeCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil}
	switch v := r.PostForm.Get("theme"); v {
	case "light", "dark":
		c.Value, c.MaxAge = v, themeAge
	case "system":
		c.MaxAge = -1
	default:
		return refuse("The colours are light, dark or the system's; %q is none of them.", v)
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, backTo(r), http.StatusSeeOther)
	return nil
}

// backTo is where a form was sent from: the path and query of the page that the browser names, when it is ours.
func backTo(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	if p := localPath(u.RequestURI()); p != "" {
		return p
	}
	return "/"
}
